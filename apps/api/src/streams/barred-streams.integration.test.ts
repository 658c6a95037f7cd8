import { addToList, createList } from "@tintype/domain/lists"
import {
  blockAccount,
  followAccount,
  muteAccount,
  unblockAccount,
  unmuteAccount,
} from "@tintype/domain/relationships"
import { expect, vi } from "vitest"
import { aTokenHolder, events, open, publish, test } from "../testing/streams.ts"

test("no open stream shows what a viewer is spared, from the next post on", async ({ api, port }) => {
  const { ctx } = api
  const [viewer, author, other] = [await aTokenHolder(api), await aTokenHolder(api), await aTokenHolder(api)]
  const id = author.actor.accountId
  for (const each of [author, other]) await followAccount(ctx, viewer.actor, each.actor.accountId)
  const { id: list } = await createList(ctx, viewer.actor, { title: "Both" })
  await addToList(ctx, viewer.actor, list, [id, other.actor.accountId])
  const asked = ["user", "public", "hashtag&tag=here", `list&list=${list}`]
  const streams = await Promise.all(
    asked.map((stream) => open(port, `?stream=${stream}&access_token=${viewer.token}`)),
  )
  const caption = "#here"
  const shown: string[] = []
  /** One of the author's that may be spared, and another one's after it: once that is there, the first would be. */
  const publishBoth = async (isShown: boolean) => {
    const own = await publish(ctx, author.actor, { caption })
    if (isShown) shown.push(own)
    shown.push(await publish(ctx, other.actor, { caption }))
    for (const { frames } of streams) {
      await vi.waitFor(() => expect(events(frames).at(-1)?.[2]).toBe(shown.at(-1)))
    }
  }
  await publishBoth(true)
  await muteAccount(ctx, viewer.actor, id, { notifications: true, duration: 0 })
  await publishBoth(false)
  await unmuteAccount(ctx, viewer.actor, id)
  await publishBoth(true)
  await blockAccount(ctx, author.actor, viewer.actor.accountId)
  await publishBoth(false)
  await unblockAccount(ctx, author.actor, viewer.actor.accountId)
  await blockAccount(ctx, viewer.actor, id)
  await publishBoth(false)
  for (const { frames } of streams) {
    expect(new Set(events(frames).map(([, , post]) => post))).toEqual(new Set(shown))
    expect(frames).toHaveLength(shown.length)
  }
})
