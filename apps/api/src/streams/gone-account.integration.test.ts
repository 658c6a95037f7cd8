import { collectChunks, deleteAccount } from "@tintype/domain/farewell"
import { followAccount } from "@tintype/domain/relationships"
import { aComment, aPost } from "@tintype/domain/testing"
import { expect, vi } from "vitest"
import type { Api } from "../testing/api-test.ts"
import { aTokenHolder, events, open, publish, type TestMember, test } from "../testing/streams.ts"

/** What a member does, and then the first step of the erasure. */
async function leave({ ctx }: Api, { actor }: TestMember) {
  await deleteAccount(ctx, actor, { password: "a good password", address: "127.0.0.1" })
  await collectChunks(ctx, actor.accountId, AbortSignal.timeout(10_000))
}

test("an account that goes takes its posts off all timelines that are open", async ({ api, port }) => {
  const { ctx } = api
  // Whoever is first is the admin, who cannot leave.
  const stayer = await aTokenHolder(api)
  const [leaver, follower, stranger] = await Promise.all([1, 2, 3].map(() => aTokenHolder(api)))
  if (!leaver || !follower || !stranger) throw new Error("nobody")
  for (const { actor } of [leaver, stayer]) await followAccount(ctx, follower.actor, actor.accountId)
  const home = await open(port, `?stream=user&access_token=${follower.token}`)
  const others = await open(port, `?stream=public&access_token=${stranger.token}`)
  const tag = await open(port, `?stream=hashtag&tag=sea&access_token=${stranger.token}`)
  const shown = await publish(ctx, leaver.actor, { caption: "#sea" })
  const forFollowers = await publish(ctx, leaver.actor, { visibility: "private" })
  const stays = await publish(ctx, stayer.actor)
  await aComment(ctx, leaver.actor, stays)
  await vi.waitFor(() => expect([home, others, tag].map(({ frames }) => frames.length)).toEqual([3, 2, 1]))

  await leave(api, leaver)
  // Again, as a job that was killed does.
  await collectChunks(ctx, leaver.actor.accountId, AbortSignal.timeout(10_000))
  const next = await publish(ctx, stayer.actor)
  await vi.waitFor(() => expect(events(home.frames).map(([, , id]) => id)).toContain(next))
  await vi.waitFor(() => expect(tag.frames).toHaveLength(2))
  await vi.waitFor(() => expect(others.frames).toHaveLength(4))
  await vi.waitFor(() => expect(home.frames).toHaveLength(6))
  const deletesOf = ({ frames }: typeof home) =>
    events(frames).flatMap(([, event, id]) => (event === "delete" ? [id] : []))
  expect(deletesOf(home).toSorted()).toEqual([shown, forFollowers].toSorted())
  expect([deletesOf(others), deletesOf(tag)]).toEqual([[shown], [shown]])
})

test("however many posts there were, 40 are told of at most", async ({ api, port }) => {
  const looker = await aTokenHolder(api)
  const leaver = await aTokenHolder(api)
  const posted: string[] = []
  for (let n = 0; n < 42; n++) posted.push(await aPost(api.ctx, leaver.actor))
  const others = await open(port, `?stream=public&access_token=${looker.token}`)
  await leave(api, leaver)
  const marker = await publish(api.ctx, looker.actor)
  await vi.waitFor(() => expect(others.frames).toHaveLength(41))
  const told = events(others.frames).map(([, , id]) => id)
  expect(told.toSorted()).toEqual([...posted.slice(2), marker].toSorted())
})
