import { accounts } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import { accountCard } from "./accounts/account-card.ts"
import { favouritePost, getPost } from "./posts/index.ts"
import { test } from "./testing/domain-test.ts"
import { aMember, aPost } from "./testing/members.ts"
import { verifyCache } from "./verify-cache.ts"

test("what is cached and is not what the database has is found, and dropped on demand", async ({
  domain: { ctx },
}) => {
  const [author, reader] = [await aMember(ctx), await aMember(ctx)]
  const id = await aPost(ctx, author)
  await favouritePost(ctx, reader, id)
  for (const member of [author, reader]) await getPost(ctx, member, id)
  const before = await verifyCache(ctx, { repair: false })
  expect(before.stale).toEqual([])
  expect(before.compared).toBeGreaterThan(4)

  await ctx.db
    .update(accounts)
    .set({ displayName: "changed behind the cache's back", version: sql`version + 1` })
    .where(eq(accounts.id, author.accountId))
  const { key } = accountCard.key(author.accountId)
  const { stale } = await verifyCache(ctx, { repair: true })
  expect(stale).toEqual([{ key, cached: expect.any(Number), version: expect.any(Number) }])
  expect(stale[0]?.version).toBe((stale[0]?.cached ?? 0) + 1)
  expect((await verifyCache(ctx, { repair: false })).stale).toEqual([])
  expect((await getPost(ctx, author, id)).account.display_name).toBe("changed behind the cache's back")
})
