import { once } from "node:events"
import { Agent, type OutgoingHttpHeaders, request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { attack } from "../gateway-fuzz/attack.ts"
import { mutatedRequest } from "../gateway-fuzz/mutate.ts"
import { Random } from "../gateway-fuzz/random.ts"

/** As many clients as it takes to have all kinds under way at any time. */
const CLIENTS = 24
const PAUSE_MS = 10
const PATIENCE_MS = 20_000
const CACHED = 500
const NETWORKS = 2_000
const UPLOAD = Buffer.alloc(512 * 1024)

interface Ask {
  path: string
  method?: string
  headers?: OutgoingHttpHeaders
  body?: Buffer
  /** Leaves at the first bytes of the answer. */
  leaves?: boolean
}

/** What was otherwise than it should be. */
type Fault = string | undefined

/** Members of all kinds, and others. */
export class Traffic {
  /** How often each kind was done, and how often it ended otherwise than it should. */
  readonly done: Record<string, number> = {}
  readonly failed: Record<string, number> = {}
  readonly #origin: string
  readonly #photoPath: string
  readonly #random: Random
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 16 })
  readonly #clients: Promise<void>[]
  #going = true

  constructor(origin: string, photoPath: string, seed: number) {
    this.#origin = origin
    this.#photoPath = photoPath
    this.#random = new Random(seed)
    this.#clients = Array.from({ length: CLIENTS }, () => this.#live())
  }

  async stop(): Promise<void> {
    this.#going = false
    await Promise.all(this.#clients)
    this.#agent.destroy()
  }

  async #live(): Promise<void> {
    while (this.#going) {
      const [kind, act] = this.#random.pick(Object.entries(this.#kinds))
      const fault = await act().catch((error: unknown) => String(error))
      if (fault === undefined) count(this.done, kind)
      else count(this.failed, `${kind}: ${fault}`)
      await sleep(PAUSE_MS)
    }
  }

  readonly #kinds: Readonly<Record<string, () => Promise<Fault>>> = {
    proxied: () => this.#expect(200, { path: "/api/v1/small" }),
    written: () => this.#expect(200, { path: "/api/v1/statuses", method: "POST", body: Buffer.from("{}") }),
    refused: () => this.#expect(422, { path: "/api/v1/refused" }),
    cached: () => this.#expect(200, { path: `/api/v1/cached/${this.#random.integer(CACHED)}` }),
    uploaded: () => this.#expect(200, { path: "/api/v2/media", method: "POST", body: UPLOAD }),
    photo: () => this.#expect(200, { path: this.#photoPath }),
    "part of a photo": () =>
      this.#expect(206, { path: this.#photoPath, headers: { range: "bytes=100-999" } }),
    "forged photo": () => this.#expect(404, { path: `/media/public/${"A".repeat(22)}/1/2/1/w1080.jpg` }),
    "no such page": () => this.#expect(404, { path: `/${this.#random.integer(1_000_000)}.png` }),
    "left early": () => this.#expect("left", { path: "/api/v1/big", leaves: true }),
    "upload broken off": () => this.#breakUpload(),
    "broken by the replica": () => this.#expectBreak({ path: "/api/v1/broken" }),
    events: () => this.#expect("left", { path: "/api/v1/events", leaves: true }),
    WebSocket: () => this.#greet(),
    malformed: () => this.#attack(),
  }

  get #port(): number {
    return Number(new URL(this.#origin).port)
  }

  async #expect(wanted: number | string, asked: Ask): Promise<Fault> {
    const result = await this.#ask(asked)
    return result === wanted ? undefined : String(result)
  }

  async #expectBreak(asked: Ask): Promise<Fault> {
    const result = await this.#ask(asked)
    return result === 200 ? "a whole answer" : undefined
  }

  async #attack(): Promise<Fault> {
    const bytes = mutatedRequest(this.#random)
    const { hung } = await attack(this.#port, bytes)
    return hung ? JSON.stringify(bytes.slice(0, 300)) : undefined
  }

  /** The status; or how it ended without a whole answer. */
  #ask({ path, method = "GET", headers, body, leaves = false }: Ask): Promise<number | string> {
    const { promise, resolve } = Promise.withResolvers<number | string>()
    const network = this.#random.integer(NETWORKS)
    const req = request(this.#origin + path, {
      method,
      agent: this.#agent,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { ...headers, "x-forwarded-for": `10.0.${network >> 8}.${network & 255}` },
    })
    req.on("error", (error) => resolve(error.message))
    req.on("response", (res) => {
      res.on("error", (error) => resolve(error.message))
      res.on("end", () => resolve(res.statusCode ?? 0))
      if (leaves) res.once("data", () => resolve("left")).once("data", () => req.destroy())
      res.resume()
    })
    req.end(body)
    return promise
  }

  async #breakUpload(): Promise<undefined> {
    const headers = { "content-length": 2 * UPLOAD.length }
    const req = request(`${this.#origin}/api/v2/media`, { method: "POST", headers, agent: this.#agent })
    req.on("error", () => {})
    req.write(UPLOAD)
    await sleep(PAUSE_MS)
    req.destroy()
  }

  async #greet(): Promise<Fault> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/api/v1/streaming`)
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const [message] = await once(socket, "message", { signal })
    const closed = once(socket, "close", { signal })
    socket.close()
    await closed
    return message.data === "hi" ? undefined : String(message.data)
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}
