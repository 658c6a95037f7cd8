import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2"
import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../gateway-fuzz/random.ts"

/** Streams under way at a time, all of them on one connection as long as it takes new ones. */
const STREAMS = 60
const PATIENCE_MS = 20_000
const CACHED = 500
const NETWORKS = 2_000
const UPLOAD = Buffer.alloc(512 * 1024)
/** One stream in so many is broken off: a connection may not have more than twenty of them a second. */
const ONE_IN = 50

/** How a stream ends that the gateway has not looked at, as its connection takes no more: it is asked for again. */
const NOT_SEEN = "Stream closed with error code NGHTTP2_REFUSED_STREAM"

interface Ask {
  path: string
  status: number
  body?: Buffer
}

/** What browsers do on one connection of HTTP/2: many streams at a time for as long as it is open. */
export class StreamTraffic {
  readonly done: Record<string, number> = {}
  readonly failed: Record<string, number> = {}
  readonly #origin: string
  readonly #random: Random
  #session: ClientHttp2Session
  readonly #clients: Promise<void>[]
  readonly #kinds: Readonly<Record<string, () => Ask>>
  #going = true

  constructor(origin: string, photoPath: string, seed: number) {
    this.#random = new Random(seed)
    this.#origin = origin
    this.#session = this.#connect()
    this.#kinds = {
      proxied: () => ({ path: "/api/v1/small", status: 200 }),
      large: () => ({ path: "/api/v1/big", status: 200 }),
      cached: () => ({ path: `/api/v1/cached/${this.#random.integer(CACHED)}`, status: 200 }),
      uploaded: () => ({ path: "/api/v2/media", status: 200, body: UPLOAD }),
      refused: () => ({ path: "/api/v1/refused", status: 422 }),
      photo: () => ({ path: photoPath, status: 200 }),
      "no such page": () => ({ path: `/${this.#random.integer(1_000_000)}.png`, status: 404 }),
    }
    this.#clients = Array.from({ length: STREAMS }, () => this.#live())
  }

  async stop(): Promise<void> {
    this.#going = false
    await Promise.all(this.#clients)
    this.#session.destroy()
  }

  async #live(): Promise<void> {
    while (this.#going) {
      const [kind, ask] = this.#random.pick(Object.entries(this.#kinds))
      const leaves = this.#random.integer(ONE_IN) === 0
      const { status, ...asked } = ask()
      const result = await this.#ask(asked, leaves)
      if (result === (leaves ? "left" : status)) this.#count(this.done, leaves ? "left early" : kind)
      else if (result === NOT_SEEN) this.#count(this.done, "asked again")
      else this.#count(this.failed, `${kind}: ${result}`)
      await sleep(1)
    }
  }

  #connect(): ClientHttp2Session {
    let isReplaced = false
    const session = connect(this.#origin, { rejectUnauthorized: false })
    session.on("error", (error) => this.#count(this.failed, `connection: ${error.message}`))
    session.once("goaway", (code) => {
      isReplaced = code === constants.NGHTTP2_NO_ERROR
      if (isReplaced) this.#count(this.done, "another connection")
    })
    session.once("close", () => {
      if (this.#going && !isReplaced) this.#count(this.failed, "connection: closed")
    })
    return session
  }

  /** The status; or how it ended without a whole answer. */
  #ask({ path, body }: Omit<Ask, "status">, leaves: boolean): Promise<number | string> {
    const network = this.#random.integer(NETWORKS)
    if (this.#session.closed || this.#session.destroyed) this.#session = this.#connect()
    const stream = this.#session.request({
      ":method": body ? "POST" : "GET",
      ":path": path,
      "x-forwarded-for": `10.0.${network >> 8}.${network & 255}`,
    })
    const outcome = outcomeOf(stream, leaves)
    stream.end(body)
    return outcome
  }

  #count(counts: Record<string, number>, name: string): void {
    counts[name] = (counts[name] ?? 0) + 1
  }
}

/** @param leaves once the answer begins */
function outcomeOf(stream: ClientHttp2Stream, leaves: boolean): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>()
  stream.on("error", (error) => resolve(error.message))
  stream.setTimeout(PATIENCE_MS, () => {
    resolve(`nothing for ${PATIENCE_MS / 1000} s`)
    stream.close(constants.NGHTTP2_CANCEL)
  })
  stream.once("response", ({ ":status": status }) => {
    stream.once("end", () => resolve(status ?? 0))
    if (!leaves) return
    resolve("left")
    stream.close(constants.NGHTTP2_CANCEL)
  })
  stream.once("close", () => resolve("closed"))
  stream.resume()
  return promise
}
