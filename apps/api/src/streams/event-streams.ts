import type { ServerResponse } from "node:http"
import { type Context, NotFound } from "@tintype/domain"
import {
  type Channel,
  type Closing,
  channelOf,
  checkChannel,
  type StreamClient,
  type StreamHub,
} from "@tintype/domain/streams"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { authenticateStream } from "./authenticate-stream.ts"

/** Shorter than any proxy waits for a sign of life. */
const THUMP_MS = 15_000
const BUFFER_MAX_BYTES = 512 * 1024

/**
 * One client over server-sent events (HTML Standard, section 9.2). An empty line ends an event, and nothing else:
 * after a mere comment there are clients that take it for an event without a name.
 */
class EventClient implements StreamClient {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  deliver(_channel: Channel, { name, payload }: Parameters<StreamClient["deliver"]>[1]): void {
    this.say(`event: ${name}\ndata: ${payload}\n\n`)
  }

  /** Who does not read is sent away: it may come back and ask for what it missed. */
  say(text: string): void {
    if (this.#response.writableLength > BUFFER_MAX_BYTES) this.#response.destroy()
    else if (!this.#response.writableEnded) this.#response.write(text)
  }

  /** Clients come back by themselves, each after a time of its own. */
  close(why: Closing): void {
    this.#response.end(why === "session" ? undefined : `retry: ${500 + Math.round(Math.random() * 2_500)}\n`)
  }
}

/** `/api/v1/streaming/<path>`: the channel's name, its colons as slashes. */
const PATHS = [
  "user",
  "user/notification",
  "public",
  "public/local",
  "public/remote",
  "hashtag",
  "hashtag/local",
  "list",
  "direct",
]

const textOf = (query: unknown, name: string): string | null => {
  const value: unknown = typeof query === "object" && query !== null ? Reflect.get(query, name) : null
  return typeof value === "string" ? value : null
}

function nameOf(path: string, query: unknown): string {
  const name = path.replaceAll("/", ":")
  const mediaOnly = ["true", "1"].includes(textOf(query, "only_media") ?? "")
  return mediaOnly && name.startsWith("public") ? `${name}:media` : name
}

async function open(
  ctx: Context,
  hub: StreamHub,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { query } = request
  const session = await authenticateStream(ctx, request.raw, textOf(query, "access_token"))
  const channel = channelOf(nameOf(path, query), {
    tag: textOf(query, "tag"),
    list: textOf(query, "list"),
  })
  if (!channel) throw new NotFound("There is no such channel")
  if (session.accountId) await checkChannel(ctx, session.accountId, channel)
  const response = reply.raw
  const client = new EventClient(response)
  const membership = hub.join(session, client)
  const thumps = setInterval(() => client.say(":thump\n"), THUMP_MS)
  response.once("close", () => {
    clearInterval(thumps)
    membership.leave()
  })
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" })
  await membership.subscribe(channel)
  // From here on nothing is missed: clients that catch up do so now.
  client.say(":)\n")
}

/** Streams by server-sent events, a channel a request. */
export function serveEventStreams(app: FastifyInstance, ctx: Context, hub: StreamHub): void {
  app.get("/api/v1/streaming/health", (_request, reply) => reply.type("text/plain; charset=utf-8").send("OK"))
  for (const path of PATHS) {
    app.get(`/api/v1/streaming/${path}`, (request, reply) => open(ctx, hub, path, request, reply))
  }
}
