import { addToList, createList, removeFromList } from "@tintype/domain/lists"
import { deletePost } from "@tintype/domain/posts"
import { followAccount } from "@tintype/domain/relationships"
import { streamDeleted } from "@tintype/domain/streams"
import { expect, vi } from "vitest"
import { aTokenHolder, events, open, publish, test } from "../testing/streams.ts"

/** For a busy machine; a second is usual. */
const SOON = { timeout: 10_000 }

test("the stream of a list shows what those on it post, from the next post on that one is added or removed", async ({
  api,
  port,
}) => {
  const { ctx } = api
  const [viewer, author, off] = [await aTokenHolder(api), await aTokenHolder(api), await aTokenHolder(api)]
  for (const { actor } of [author, off]) await followAccount(ctx, viewer.actor, actor.accountId)
  const { id } = await createList(ctx, viewer.actor, { title: "Some", exclusive: true })
  await addToList(ctx, viewer.actor, id, [author.actor.accountId])
  const stream = await open(port, `?stream=list&list=${id}&access_token=${viewer.token}`)
  const home = await open(port, `?stream=user&access_token=${viewer.token}`)
  const first = await publish(ctx, author.actor, { visibility: "private" })
  const other = await publish(ctx, off.actor)
  await publish(ctx, author.actor, { visibility: "direct" })
  await vi.waitFor(() => expect(home.frames).toHaveLength(1), SOON)
  await addToList(ctx, viewer.actor, id, [off.actor.accountId])
  const second = await publish(ctx, off.actor)
  await deletePost(ctx, off.actor, second)
  const gone = { postId: second, mediaIds: [], visibility: "public", tags: [], mentioned: [] }
  await streamDeleted(ctx, off.actor.accountId, gone)
  await vi.waitFor(() => expect(stream.frames.length).toBeGreaterThan(2), SOON)
  await removeFromList(ctx, viewer.actor, id, [author.actor.accountId])
  await publish(ctx, author.actor)
  const third = await publish(ctx, off.actor)
  await vi.waitFor(() => expect(stream.frames.length).toBeGreaterThan(3), SOON)
  expect(events(stream.frames)).toEqual([
    [`list:${id}`, "update", first],
    [`list:${id}`, "update", second],
    [`list:${id}`, "delete", second],
    [`list:${id}`, "update", third],
  ])
  expect(events(home.frames)[0]).toEqual(["user", "update", other])
})

test("nobody listens to somebody else's list", async ({ api, port }) => {
  const [owner, other] = [await aTokenHolder(api), await aTokenHolder(api)]
  const { id } = await createList(api.ctx, owner.actor, { title: "Mine" })
  await addToList(api.ctx, owner.actor, id, [owner.actor.accountId])
  const stream = await open(port, `?stream=list&list=${id}&access_token=${other.token}`)
  await vi.waitFor(() => expect(stream.frames).toEqual([{ error: "Record not found", status: 404 }]), SOON)
  stream.say({ type: "subscribe", stream: "list", list: id })
  await vi.waitFor(() => expect(stream.frames).toHaveLength(2), SOON)
  stream.say({ type: "subscribe", stream: "public" })
  const post = await publish(api.ctx, owner.actor)
  await vi.waitFor(() => expect(events(stream.frames).at(-1)).toEqual(["public", "update", post]), SOON)
  expect(stream.frames).toHaveLength(3)
})
