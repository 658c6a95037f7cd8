import { connect } from "node:net"
import { parseId } from "@tintype/db"
import { deletePost } from "@tintype/domain/posts"
import { followAccount } from "@tintype/domain/relationships"
import { streamChanged, streamDeleted, streamPublished, streamSessionEnd } from "@tintype/domain/streams"
import { aPost } from "@tintype/domain/testing"
import { describe, expect, onTestFinished, vi } from "vitest"
import { aBrowser, bearer, postToken } from "../testing/client.ts"
import { aTokenHolder, events, open, publish, test } from "../testing/streams.ts"

describe("a stream", () => {
  test("shows a follower the posts that belong on the home timeline, and what goes from it", async ({
    api,
    port,
  }) => {
    const { ctx } = api
    const [viewer, author, stranger] = [
      await aTokenHolder(api),
      await aTokenHolder(api),
      await aTokenHolder(api),
    ]
    await followAccount(ctx, viewer.actor, author.actor.accountId)
    const stream = await open(port, `?stream=user&access_token=${viewer.token}`)
    const posts = [
      await publish(ctx, author.actor),
      await publish(ctx, author.actor, { visibility: "private" }),
    ]
    await publish(ctx, stranger.actor)
    await publish(ctx, author.actor, { visibility: "direct" })
    const own = await publish(ctx, viewer.actor)
    const [gone = ""] = posts
    await deletePost(ctx, author.actor, gone)
    const event = { postId: gone, mediaIds: [], visibility: "public", tags: [], mentioned: [] }
    await streamDeleted(ctx, author.actor.accountId, event)
    await vi.waitFor(() => expect(stream.frames).toHaveLength(4))
    const updates = [...posts, own].map((id) => ["user", "update", id])
    expect(events(stream.frames).toSorted()).toEqual([...updates, ["user", "delete", gone]].toSorted())
    const [first] = stream.frames
    const [status] = (
      await api.app.inject({
        url: `/api/v1/timelines/home?max_id=${posts[1]}`,
        headers: bearer(viewer.token),
      })
    ).json()
    expect(status).toBeUndefined()
    expect(JSON.parse(first?.payload ?? "")).toMatchObject({ visibility: "public", favourited: false })
  })

  test("does not show a post that is gone before it is told of", async ({ api, port }) => {
    const { ctx } = api
    const viewer = await aTokenHolder(api)
    const stream = await open(port, `?stream=user&access_token=${viewer.token}`)
    const gone = await aPost(ctx, viewer.actor)
    await deletePost(ctx, viewer.actor, gone)
    await streamPublished(ctx, viewer.actor.accountId, { postId: gone })
    const shown = await publish(ctx, viewer.actor)
    await vi.waitFor(() => expect(events(stream.frames)).toEqual([["user", "update", shown]]))
  })

  test("carries several channels, as they are asked for and called off", async ({ api, port }) => {
    const { ctx } = api
    const [viewer, author] = [await aTokenHolder(api), await aTokenHolder(api)]
    const { frames, say } = await open(port, "", { protocol: viewer.token })
    say({ type: "subscribe", stream: "public:local" })
    say({ type: "subscribe", stream: "hashtag", tag: "Sea" })
    // Nothing confirms a subscription; what is said is done in order.
    say({ type: "subscribe", stream: "hashtag" })
    await vi.waitFor(() => expect(frames).toMatchObject([{ status: 400 }]))
    const tagged = await publish(ctx, author.actor, { caption: "at #SEA" })
    await publish(ctx, author.actor, { caption: "#sea", visibility: "unlisted" })
    await vi.waitFor(() => expect(frames).toHaveLength(3))
    expect(events(frames.slice(1)).toSorted()).toEqual([
      ["hashtag:sea", "update", tagged],
      ["public:local", "update", tagged],
    ])
    say({ type: "unsubscribe", stream: "public:local" })
    say({ type: "subscribe", stream: "nonsense" })
    await vi.waitFor(() =>
      expect(frames.at(-1)).toMatchObject({ error: "Unknown channel requested: nonsense" }),
    )
    const [last] = [await publish(ctx, author.actor, { caption: "#sea" })]
    await vi.waitFor(() => expect(events(frames.slice(4))).toEqual([["hashtag:sea", "update", last]]))
  })

  test("is closed when its token is revoked, and by no other's", async ({ api, port }) => {
    const [one, other] = [await aTokenHolder(api), await aTokenHolder(api)]
    const [stream, kept] = [
      await open(port, `?stream=user&access_token=${one.token}`),
      await open(port, `?stream=user&access_token=${other.token}`),
    ]
    const { clientId, clientSecret } = one.client
    const revoked = await api.app.inject({
      method: "POST",
      url: "/oauth/revoke",
      payload: { client_id: clientId, client_secret: clientSecret, token: one.token },
    })
    expect(revoked.statusCode).toBe(200)
    await streamSessionEnd(api.ctx, { accountId: other.actor.accountId })
    await streamSessionEnd(api.ctx, { accountId: one.actor.accountId })
    expect(await stream.closed).toBe(1008)
    expect(kept.socket.readyState).toBe(kept.socket.OPEN)
    expect((await open(port, `?stream=user&access_token=${one.token}`)).status).toBe(401)
  })

  test("ends with a client that sends what is too large, or binary, and bears nonsense", async ({
    api,
    port,
  }) => {
    const { token } = await aTokenHolder(api)
    const query = `?access_token=${token}`
    const [huge, binary, odd] = [await open(port, query), await open(port, query), await open(port, query)]
    huge.socket.send("x".repeat(100_000))
    expect(await huge.closed).toBe(1009)
    binary.socket.send(Buffer.from("{}"))
    expect(await binary.closed).toBe(1003)
    for (const nonsense of ["{", "[]", "null", '{"type":"subscribe"}', '{"type":"sing","stream":"user"}']) {
      odd.socket.send(nonsense)
    }
    await vi.waitFor(() => expect(odd.frames.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]))
    for (let count = 0; count < 400; count++) odd.socket.send("{")
    expect(await odd.closed).toBe(1008)
  })

  test("is not for everybody", async ({ api, port }) => {
    const narrow = await aTokenHolder(api, "write")
    const appToken = (
      await postToken(api.app, narrow.client, { grant_type: "client_credentials", scope: "read" })
    ).json()
    const browser = await aBrowser(api.app)
    const statusOf = async (query: string, headers = {}) => (await open(port, query, { headers })).status
    expect(await statusOf("?stream=user")).toBe(401)
    expect(await statusOf(`?stream=user&access_token=${"x".repeat(43)}`)).toBe(401)
    expect(await statusOf(`?stream=user&access_token=${appToken.access_token}`)).toBe(401)
    expect(await statusOf(`?stream=user&access_token=${narrow.token}`)).toBe(403)
    const { cookie } = browser
    expect(await statusOf("?stream=user", { cookie, origin: "https://evil.example" })).toBe(403)
    expect(await statusOf("?stream=user", { cookie, origin: `http://127.0.0.1:${port}` })).toBe(101)
  })

  test("drops a client that does not read", { timeout: 60_000 }, async ({ api, port }) => {
    const { ctx } = api
    const { token, actor } = await aTokenHolder(api)
    const id = await aPost(ctx, actor, { caption: "word ".repeat(400) })
    const lazy = connect(port, "127.0.0.1").pause()
    onTestFinished(() => void lazy.destroy())
    lazy.write(`GET /api/v1/streaming/user HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    const diligent = await open(port, `?stream=user&access_token=${token}`)
    const gone = new Promise((resolve) => lazy.on("close", resolve).on("error", resolve))
    const told = 3_000
    for (let count = 0; count < told; count += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () => streamChanged(ctx, actor.accountId, { postId: id })),
      )
    }
    await vi.waitFor(() => expect(diligent.frames).toHaveLength(told), { timeout: 45_000 })
    // What it holds unread is lost to it, and so is the connection.
    lazy.resume()
    await gone
  })
})

describe("a stream of server-sent events", () => {
  test("says what happens in the form that browsers read", async ({ api, port }) => {
    const { ctx } = api
    const { token, actor } = await aTokenHolder(api)
    const url = `http://127.0.0.1:${port}/api/v1/streaming`
    expect(await (await fetch(`${url}/health`)).text()).toBe("OK")
    const ending = new AbortController()
    onTestFinished(() => ending.abort())
    const response = await fetch(`${url}/public/local`, { headers: bearer(token), signal: ending.signal })
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8")
    expect(response.headers.get("access-control-allow-origin")).toBe("*")
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe(":)\n")
    const id = await publish(ctx, actor)
    const { value = "" } = (await reader?.read()) ?? {}
    const [, json = ""] = /^event: update\ndata: (.*)\n\n$/.exec(value) ?? []
    expect(JSON.parse(json)).toMatchObject({ id, account: { id: actor.accountId } })
    expect(parseId(id)).toBe(id)
  })

  test("refuses with a status what cannot be streamed", async ({ api }) => {
    const { token } = await aTokenHolder(api)
    const statusOf = async (path: string, headers = {}) =>
      (await api.app.inject({ url: `/api/v1/streaming/${path}`, headers })).statusCode
    expect(await statusOf("user")).toBe(401)
    expect(await statusOf("hashtag", bearer(token))).toBe(404)
    expect(await statusOf("hashtag?tag=%20", bearer(token))).toBe(404)
    expect(await statusOf("nonsense", bearer(token))).toBe(404)
    expect(await statusOf("list", bearer(token))).toBe(404)
    expect(await statusOf("list?list=1", bearer(token))).toBe(404)
  })
})
