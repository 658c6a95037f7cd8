import { changeVisibility } from "@tintype/domain/posts"
import { followAccount } from "@tintype/domain/relationships"
import { streamChanged } from "@tintype/domain/streams"
import { expect, vi } from "vitest"
import { aTokenHolder, events, open, publish, test } from "../testing/streams.ts"

test("a post that is for fewer eyes goes from the streams of the others, and stays on the rest", async ({
  api,
  port,
}) => {
  const { ctx } = api
  const [author, follower, stranger] = [
    await aTokenHolder(api),
    await aTokenHolder(api),
    await aTokenHolder(api),
  ]
  await followAccount(ctx, follower.actor, author.actor.accountId)
  const home = await open(port, `?stream=user&access_token=${follower.token}`)
  const others = await open(port, "", { protocol: stranger.token })
  others.say({ type: "subscribe", stream: "public" })
  others.say({ type: "subscribe", stream: "hashtag", tag: "sea" })
  others.say({ type: "subscribe", stream: "hashtag" })
  await vi.waitFor(() => expect(others.frames).toMatchObject([{ status: 400 }]))
  const post = await publish(ctx, author.actor, { caption: "#sea" })
  const change = async (from: string, to: "private" | "direct") => {
    await changeVisibility(ctx, author.actor, post, to)
    const before = { visibility: from, tags: ["sea"], mentioned: [] }
    await streamChanged(ctx, author.actor.accountId, { postId: post, before })
  }
  await change("public", "private")
  await vi.waitFor(() => expect(others.frames).toHaveLength(5))
  expect(events(others.frames.slice(3)).toSorted()).toEqual([
    ["hashtag:sea", "delete", post],
    ["public", "delete", post],
  ])
  await vi.waitFor(() => expect(home.frames).toHaveLength(2))
  await change("private", "direct")
  await vi.waitFor(() => expect(home.frames).toHaveLength(3))
  expect(events(home.frames)).toEqual([
    ["user", "update", post],
    ["user", "status.update", post],
    ["user", "delete", post],
  ])
  expect(others.frames).toHaveLength(5)
})
