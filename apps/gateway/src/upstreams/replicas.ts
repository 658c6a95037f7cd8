import type { Logger } from "@tintype/observe"
import { type Balance, leastBusyOfTwo } from "./balance.ts"
import { Replica } from "./replica.ts"

export interface ReplicasOptions {
  /** Asked of every replica again and again; without it every replica counts as ready. */
  checkPath?: string
  /** By default the less busy of two. */
  balance?: Balance
}

/** The replicas of one tier, as they come and go, and the choice among them. */
export class Replicas {
  readonly #log: Logger
  readonly #checkPath: string | undefined
  readonly #balance: Balance
  readonly #bySource = new Map<string, readonly string[]>()
  readonly #byOrigin = new Map<string, Replica>()
  readonly #leaving = new Set<Promise<void>>()
  #all: readonly Replica[] = []

  constructor(log: Logger, { checkPath, balance = leastBusyOfTwo }: ReplicasOptions = {}) {
    this.#log = log
    this.#checkPath = checkPath
    this.#balance = balance
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
   * Chooses a replica among those that will take the request best. When none is ready those that are not are
   * tried: a wrong health check must not take down the service.
   *
   * @param tried those that had this request before
   * @param worst the worst rank that will do; see `Replica.rank`
   */
  pick(tried: readonly Replica[], worst = 4): Replica | undefined {
    const now = performance.now()
    let best = worst
    let candidates: Replica[] = []
    for (const each of this.#all) {
      const rank = each.rank(now)
      if (rank > best || each.isFull || tried.includes(each)) continue
      if (rank < best) candidates = []
      best = rank
      candidates.push(each)
    }
    return this.#balance(warmOf(candidates, now), now)
  }

  /** Waits for the requests in flight, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#leaving, ...this.#all.map((each) => each.close())])
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.destroy()))
  }

  #add(origin: string): void {
    const replica = new Replica(origin, {
      log: this.#log,
      checkPath: this.#checkPath,
      mayEject: () => this.#mayEject(),
    })
    this.#byOrigin.set(origin, replica)
    this.#log.info({ replica: replica.name }, "replica added")
  }

  /** Never more than half of those that can be connected to: a tier that is slow as a whole stays in use. */
  #mayEject(): boolean {
    const now = performance.now()
    const inUse = this.#all.filter((each) => each.standing === "ready" || each.standing === "silent")
    const ejected = inUse.filter((each) => each.isEjected(now))
    return (ejected.length + 1) * 2 <= inUse.length
  }

  #retire(replica: Replica): void {
    this.#log.info({ replica: replica.name, outstanding: replica.outstanding }, "replica leaves")
    const closed = replica.close().finally(() => this.#leaving.delete(closed))
    this.#leaving.add(closed)
  }
}

/** Leaves out those that have just come, each as likely as it is cold; nobody, if that would leave nobody. */
function warmOf(candidates: readonly Replica[], now: number): readonly Replica[] {
  if (candidates.every((each) => each.warmth(now) === 1)) return candidates
  const warm = candidates.filter((each) => each.warmth(now) >= Math.random())
  return warm.length > 0 ? warm : candidates
}
