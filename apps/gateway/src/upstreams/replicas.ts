import type { Logger } from "@tintype/observe"
import { Replica } from "./replica.ts"

/** The replicas of one tier, as they come and go, and the choice among them. */
export class Replicas {
  readonly #log: Logger
  readonly #checkPath: string | undefined
  readonly #bySource = new Map<string, readonly string[]>()
  readonly #byOrigin = new Map<string, Replica>()
  readonly #leaving = new Set<Promise<void>>()
  #all: readonly Replica[] = []

  /**
   * @param checkPath asked of every replica by `checkAll`; without it every replica counts as healthy
   */
  constructor(log: Logger, checkPath?: string) {
    this.#log = log
    this.#checkPath = checkPath
  }

  get all(): readonly Replica[] {
    return this.#all
  }

  /**
   * Sets the replicas that one source (a configured address, a DNS name) stands for. New ones are checked, those
   * no longer named get no new request and are closed once theirs are done.
   *
   * @param origins `http://host:port` each
   */
  set(source: string, origins: readonly string[]): void {
    this.#bySource.set(source, origins)
    const wanted = new Set([...this.#bySource.values()].flat())
    for (const origin of wanted) {
      if (!this.#byOrigin.has(origin)) this.#add(origin)
    }
    for (const [origin, replica] of this.#byOrigin) {
      if (wanted.has(origin)) continue
      this.#byOrigin.delete(origin)
      this.#retire(replica)
    }
    this.#all = [...this.#byOrigin.values()]
  }

  /**
   * Chooses the less busy of two replicas drawn at random: nearly as even as asking all, and many gateways that
   * choose so do not herd onto the same one (Mitzenmacher, "The power of two choices", 2001). When none is
   * healthy, those that are not are tried: a wrong health check must not take down the service.
   *
   * @param tried those that had this request before
   */
  pick(tried: ReadonlySet<Replica>): Replica | undefined {
    const now = performance.now()
    const left = this.#all.filter((each) => !tried.has(each))
    const ready = left.filter((each) => each.isReady(now))
    const candidates = ready.length > 0 ? ready : left.filter((each) => !each.isFull)
    const at = Math.floor(Math.random() * candidates.length)
    const beyond = 1 + Math.floor(Math.random() * (candidates.length - 1))
    const first = candidates[at]
    const second = candidates[(at + beyond) % candidates.length]
    return first && second && second.outstanding < first.outstanding ? second : first
  }

  /** Checks the health of every replica, all at once. */
  async checkAll(): Promise<void> {
    const path = this.#checkPath
    if (path === undefined) return
    await Promise.all(this.#all.map((each) => this.#check(each, path)))
  }

  /** Waits for the requests in flight, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#leaving, ...this.#all.map((each) => each.close())])
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.destroy()))
  }

  async #check(replica: Replica, path: string): Promise<void> {
    const before = replica.healthy
    await replica.check(path)
    if (replica.healthy !== before) {
      this.#log.info({ replica: replica.name, healthy: replica.healthy }, "replica changed")
    }
  }

  #add(origin: string): void {
    const replica = new Replica(origin)
    this.#byOrigin.set(origin, replica)
    this.#log.info({ replica: replica.name }, "replica added")
    if (this.#checkPath === undefined) replica.healthy = true
    else void this.#check(replica, this.#checkPath)
  }

  #retire(replica: Replica): void {
    this.#log.info({ replica: replica.name, outstanding: replica.outstanding }, "replica leaves")
    const closed = replica.close().finally(() => this.#leaving.delete(closed))
    this.#leaving.add(closed)
  }
}
