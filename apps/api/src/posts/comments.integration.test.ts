import type { Status } from "@tintype/contract"
import { deletePost, foldReplies } from "@tintype/domain/posts"
import { followAccount } from "@tintype/domain/relationships"
import { streamDeleted, streamPublished } from "@tintype/domain/streams"
import { aComment, aPhoto, aPost } from "@tintype/domain/testing"
import { describe, expect, vi } from "vitest"
import { bearer } from "../testing/client.ts"
import { aTokenHolder, events, open, test } from "../testing/streams.ts"

type Holder = Awaited<ReturnType<typeof aTokenHolder>>

const ids = (statuses: Status[]) => statuses.map(({ id }) => id)

describe("a client", () => {
  test("comments in text alone, reads the conversation and takes its comment back", async ({ api }) => {
    const { app, ctx } = api
    const [author, guest] = [await aTokenHolder(api), await aTokenHolder(api)]
    const id = await aPost(ctx, author.actor)
    const say = (by: Holder, payload: object) =>
      app.inject({ method: "POST", url: "/api/v1/statuses", headers: bearer(by.token), payload })
    const said = await say(guest, { status: "Lovely", in_reply_to_id: id })
    expect(said.statusCode).toBe(200)
    expect(said.json()).toMatchObject({
      in_reply_to_id: id,
      in_reply_to_account_id: author.actor.accountId,
      content: "<p>Lovely</p>",
      media_attachments: [],
      mentions: [{ id: author.actor.accountId }],
    })
    const [comment] = [said.json().id]
    await foldReplies(ctx, author.actor.accountId, id)
    const context = (of: string) => app.inject({ url: `/api/v1/statuses/${of}/context` })
    const below = (await context(id)).json()
    expect([below.ancestors, ids(below.descendants)]).toEqual([[], [comment]])
    const above = (await context(comment)).json()
    expect(above).toMatchObject({ ancestors: [{ id, replies_count: 1 }], descendants: [] })
    const url = `/api/v1/statuses/${comment}`
    const erase = () => app.inject({ method: "DELETE", url, headers: bearer(guest.token) })
    expect((await erase()).json()).toMatchObject({ id: comment, text: "Lovely", in_reply_to_id: id })
    expect((await erase()).statusCode).toBe(404)
    await foldReplies(ctx, author.actor.accountId, id)
    expect((await app.inject({ url: `/api/v1/statuses/${id}` })).json().replies_count).toBe(0)
  })

  test("is told what is wrong with a comment", async ({ api }) => {
    const { app, ctx } = api
    const [author, guest] = [await aTokenHolder(api), await aTokenHolder(api)]
    const hidden = await aPost(ctx, author.actor, { visibility: "private" })
    const id = await aPost(ctx, author.actor)
    const refusal = async (payload: object) => {
      const url = "/api/v1/statuses"
      const answer = await app.inject({ method: "POST", url, headers: bearer(guest.token), payload })
      return [answer.statusCode, answer.json().error]
    }
    const missing = "The post you are trying to reply to does not appear to exist."
    for (const in_reply_to_id of [hidden, "1"]) {
      expect(await refusal({ status: "Hello", in_reply_to_id })).toEqual([404, missing])
    }
    expect(await refusal({ status: " ", in_reply_to_id: id })).toEqual([
      422,
      "Validation failed: Text can't be blank",
    ])
    expect((await refusal({ status: "x".repeat(5001), in_reply_to_id: id }))[0]).toBe(422)
    expect((await refusal({ status: "Hello", in_reply_to_id: "nonsense" }))[0]).toBe(422)
    expect((await refusal({ status: "Hello", in_reply_to_id: null }))[0]).toBe(422)
  })
})

test("a stream shows comments where the timeline does, and nowhere else", async ({ api, port }) => {
  const { ctx } = api
  const [viewer, author] = [await aTokenHolder(api), await aTokenHolder(api)]
  await followAccount(ctx, viewer.actor, author.actor.accountId)
  const { accountId } = author.actor
  const stream = await open(port, `?stream=user&access_token=${viewer.token}`)
  stream.say({ type: "subscribe", stream: "public" })
  const id = await aPost(ctx, author.actor)
  const comment = await aComment(ctx, author.actor, id)
  const more = await aComment(ctx, author.actor, id, { mediaIds: [await aPhoto(ctx, author.actor)] })
  // As a job that a release of another rule left would tell.
  for (const postId of [comment, more]) await streamPublished(ctx, accountId, { postId })
  await vi.waitFor(() => expect(stream.frames).toHaveLength(2))
  await deletePost(ctx, author.actor, comment)
  const gone = { mediaIds: [], visibility: "public", tags: [], mentioned: [] }
  await streamDeleted(ctx, accountId, { ...gone, postId: comment, inFeeds: false })
  await streamDeleted(ctx, accountId, { ...gone, postId: more, inFeeds: true })
  await vi.waitFor(() => expect(stream.frames).toHaveLength(4))
  expect(events(stream.frames).toSorted()).toEqual(
    ["delete", "update"]
      .flatMap((name) => ["public", "user"].map((channel) => [channel, name, more]))
      .toSorted(),
  )
})
