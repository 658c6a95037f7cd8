import type { Context } from "@tintype/domain"
import type { StreamHub } from "@tintype/domain/streams"
import type { FastifyInstance } from "fastify"
import { serveEventStreams } from "./event-streams.ts"
import { serveSockets } from "./sockets.ts"

/** Live timelines: they are not of the contract, as they are no answers in JSON. */
export function serveStreams(app: FastifyInstance, ctx: Context, hub: StreamHub): void {
  serveEventStreams(app, ctx, hub)
  serveSockets(app, ctx, hub)
}
