import { media, outbox, posts } from "@tintype/db"
import { createPressure } from "@tintype/queue"
import { and, eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import { Unavailable } from "./errors.ts"
import { createPost, deletePost, favouritePost, getPost } from "./posts/index.ts"
import { test } from "./testing/domain-test.ts"
import { aDraft, aMember, aPhoto, aPost } from "./testing/members.ts"

test("while too much waits, what would add to it is refused whole, and all else goes on", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const [id, photo] = [await aPost(ctx, author), await aPhoto(ctx, author)]
  await ctx.db.update(outbox).set({ dueAt: sql`now() - interval '1 hour'` }).where(eq(outbox.class, "feed"))
  const pressure = createPressure({ db: ctx.db, bounds: { feed: { seconds: 60, jobs: 100 } }, log: ctx.log })
  const busy = { ...ctx, pressure }
  const refusal = await createPost(busy, author, aDraft([photo]), "key").catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(Unavailable)
  expect(refusal).toMatchObject({ retryAfterSeconds: 60 })
  expect(await ctx.db.$count(posts, eq(posts.ownerId, author.accountId))).toBe(1)
  expect(await ctx.db.$count(media, and(eq(media.id, photo), sql`post_id is null`))).toBe(1)
  expect((await favouritePost(busy, author, id)).favourites_count).toBe(1)
  expect((await getPost(busy, author, id)).id).toBe(id)
  await deletePost(busy, author, id)
  // The same call, with its key, once there is room again.
  expect((await createPost(ctx, author, aDraft([photo]), "key")).media_attachments).toHaveLength(1)
})
