import { Agent, type OutgoingHttpHeaders, request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

export type Kind = "read" | "keyed write" | "other write" | "upload"

/** What became of one request. */
export interface Outcome {
  kind: Kind
  /** The write's name in the ledger. */
  name: string
  /** The status, or the error's message. */
  result: number | string
  /** From the moment it was due until its answer was complete. */
  ms: number
}

const UPLOAD_PIECES = 20
const UPLOAD_PIECE = Buffer.alloc(32 * 1024)
const UPLOAD_PIECE_MS = 50
const UPLOADERS = 4
/** Half reads, a quarter each of the two kinds of writes. */
const MIX: readonly Kind[] = ["read", "keyed write", "read", "other write"]

/** Members at work: requests come when they are due, however long the earlier ones take, and uploads beside them. */
export class Load {
  readonly outcomes: Outcome[] = []
  readonly #origin: string
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })
  readonly #pending = new Set<Promise<void>>()
  #going = true
  #count = 0

  /** @param rate requests a second, uploads not counted */
  constructor(origin: string, rate: number) {
    this.#origin = origin
    void this.#sendAt(rate)
    for (let n = 0; n < UPLOADERS; n++) void this.#upload()
  }

  /** Leaves out what is over: what was never run is compiled meanwhile. */
  forget(): void {
    this.outcomes.length = 0
  }

  /** Ends it, once every request has its answer. */
  async stop(): Promise<readonly Outcome[]> {
    this.#going = false
    while (this.#pending.size > 0) await Promise.all(this.#pending)
    this.#agent.destroy()
    return this.outcomes
  }

  async #sendAt(rate: number): Promise<void> {
    const startedAt = performance.now()
    while (this.#going) {
      const due = startedAt + (this.#count * 1000) / rate
      const early = due - performance.now()
      if (early > 1) await sleep(early)
      this.#send(MIX[this.#count % MIX.length] ?? "read", due)
    }
  }

  #send(kind: Kind, due: number): void {
    const name = `${kind} ${this.#count++}`
    const headers = kind === "keyed write" ? { "idempotency-key": name } : {}
    const path = kind === "read" ? "/api/v1/timelines/home" : "/api/v1/statuses"
    const body = kind === "read" ? undefined : name
    const asked = this.#ask(path, headers, async (req) => void req.end(body), body?.length)
    void this.#note(kind, name, due, asked)
  }

  async #upload(): Promise<void> {
    while (this.#going) {
      const name = `upload ${this.#count}`
      const size = UPLOAD_PIECES * UPLOAD_PIECE.length
      const asked = this.#ask("/api/v2/media", {}, sendSlowly, size)
      await this.#note("upload", name, performance.now(), asked)
    }
  }

  #note(kind: Kind, name: string, due: number, asked: Promise<number | string>): Promise<void> {
    const noted = asked.then((result) => {
      this.outcomes.push({ kind, name, result, ms: performance.now() - due })
      this.#pending.delete(noted)
    })
    this.#pending.add(noted)
    return noted
  }

  #ask(
    path: string,
    given: OutgoingHttpHeaders,
    send: (req: ReturnType<typeof request>) => Promise<void>,
    length?: number,
  ): Promise<number | string> {
    return new Promise((resolve) => {
      const method = length === undefined ? "GET" : "POST"
      const headers = length === undefined ? given : { ...given, "content-length": length }
      const req = request(this.#origin + path, { method, headers, agent: this.#agent })
      req.on("error", (error) => resolve(error.message))
      req.on("response", (res) => {
        res.resume().on("end", () => resolve(res.statusCode ?? 0))
        res.on("error", (error) => resolve(error.message))
      })
      void send(req)
    })
  }
}

async function sendSlowly(req: ReturnType<typeof request>): Promise<void> {
  for (let n = 0; n < UPLOAD_PIECES && !req.destroyed; n++) {
    req.write(UPLOAD_PIECE)
    await sleep(UPLOAD_PIECE_MS)
  }
  req.end()
}
