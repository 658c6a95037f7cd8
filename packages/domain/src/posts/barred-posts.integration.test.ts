import { expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { blockAccount, muteAccount, unmuteAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aComment, aMember, aPost } from "../testing/members.ts"
import { getPostContext } from "./get-context.ts"

/** The ids of what stands above and below a post, as somebody sees it. */
async function around(ctx: Context, viewer: Actor | null, id: string) {
  const { ancestors, descendants } = await getPostContext(ctx, viewer, id)
  return [ancestors, descendants].map((some) => some.map((each) => each.id))
}

test("a conversation leaves out whom its reader blocks or mutes, and who blocks them", async ({
  domain: { ctx },
}) => {
  const [author, guest, reader] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
  const id = await aPost(ctx, author)
  const comment = await aComment(ctx, guest, id)
  const answer = await aComment(ctx, author, comment)
  const whole = [[], [comment, answer]]
  expect(await around(ctx, reader, id)).toEqual(whole)
  await muteAccount(ctx, reader, guest.accountId, { notifications: true, duration: 0 })
  expect(await around(ctx, reader, id)).toEqual([[], [answer]])
  expect(await around(ctx, reader, answer)).toEqual([[id], []])
  await unmuteAccount(ctx, reader, guest.accountId)
  await blockAccount(ctx, guest, reader.accountId)
  expect(await around(ctx, reader, id)).toEqual([[], [answer]])
  await expect(aComment(ctx, reader, comment)).rejects.toThrow(NotFound)
  for (const viewer of [null, guest, author]) expect(await around(ctx, viewer, id)).toEqual(whole)
})
