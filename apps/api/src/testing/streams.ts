import { once } from "node:events"
import type { Status } from "@tintype/contract"
import type { Actor, Context } from "@tintype/domain"
import { authenticate } from "@tintype/domain/auth"
import { streamPublished } from "@tintype/domain/streams"
import { aPost } from "@tintype/domain/testing"
import type { FastifyInstance } from "fastify"
import { onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { test as base } from "./api-test.ts"
import { aBrowser, aCode, anApp, exchange } from "./client.ts"

export interface Frame {
  stream?: string[]
  event?: string
  payload?: string
  error?: string
  status?: number
}

/** The whole API, listening. */
export const test = base.extend("port", { scope: "file" }, async ({ api }) => {
  await api.app.listen({ host: "127.0.0.1", port: 0 })
  const address = api.app.server.address()
  if (!address || typeof address === "string") throw new Error("no port")
  return address.port
})

export interface TestMember {
  token: string
  actor: Actor
  client: Awaited<ReturnType<typeof anApp>>
}

/** A member with an app's token. */
export async function aTokenHolder(
  { ctx, app }: { ctx: Context; app: FastifyInstance },
  scope = "read write follow",
) {
  const [client, browser] = [await anApp(app), await aBrowser(app)]
  const { access_token: token } = (
    await exchange(app, client, await aCode(app, client, browser, { scope }))
  ).json()
  const session = await authenticate(ctx, token)
  if (!session?.accountId) throw new Error("no session")
  return { token, client, actor: { accountId: session.accountId, appId: session.appId } } satisfies TestMember
}

/** An open WebSocket and everything that came over it. */
export async function open(
  port: number,
  query: string,
  options: { headers?: Record<string, string>; protocol?: string } = {},
) {
  const url = `ws://127.0.0.1:${port}/api/v1/streaming${query}`
  const socket = options.protocol
    ? new WebSocket(url, options.protocol, { headers: options.headers ?? {} })
    : new WebSocket(url, { headers: options.headers ?? {} })
  const frames: Frame[] = []
  const closed = new Promise<number>((resolve) => socket.on("close", resolve))
  socket.on("message", (data) => frames.push(JSON.parse(String(data))))
  onTestFinished(() => socket.terminate())
  const refusal = new Promise<number>((resolve) => {
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0))
  })
  const status = await Promise.race([once(socket, "open").then(() => 101), refusal])
  return { socket, frames, closed, status, say: (value: unknown) => socket.send(JSON.stringify(value)) }
}

/** Which stream was told what of which post. */
export const events = (frames: readonly Frame[]) =>
  frames.map(({ stream = [], event, payload = "" }) => [
    stream.join(":"),
    event,
    payload.startsWith("{") ? (JSON.parse(payload) as Status).id : payload,
  ])

/** Makes a post and tells the streams of it, as the job does. */
export async function publish(ctx: Context, author: Actor, change = {}) {
  const id = await aPost(ctx, author, change)
  await streamPublished(ctx, author.accountId, { postId: id })
  return id
}
