import type { Status } from "@tintype/contract"
import { describe, expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { addToList, createList } from "../lists/index.ts"
import {
  bookmarkPost,
  deletePost,
  favouritePost,
  listAccountPosts,
  listBookmarks,
  listFavourites,
  type PostPage,
} from "../posts/index.ts"
import { followAccount, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { readHome } from "./read-home.ts"
import { readList } from "./read-list.ts"
import { readPublic } from "./read-public.ts"
import { readTag } from "./read-tag.ts"

const PAGE = { limit: 40 }
const ANY_TAG = { any: [], all: [], none: [], ...PAGE }

/** What of an author a member sees on each of the timelines that there are. */
async function everywhere(ctx: Context, viewer: Actor, author: Actor, listId: string) {
  const pages: Record<string, Promise<PostPage>> = {
    home: readHome(ctx, viewer, PAGE),
    list: readList(ctx, viewer, listId, PAGE),
    public: readPublic(ctx, viewer, PAGE),
    tag: readTag(ctx, viewer, "everywhere", ANY_TAG),
    account: listAccountPosts(ctx, viewer, author.accountId, PAGE),
    favourites: listFavourites(ctx, viewer, PAGE),
    bookmarks: listBookmarks(ctx, viewer, PAGE),
  }
  const seen: Record<string, string[]> = {}
  for (const [name, page] of Object.entries(pages)) {
    const statuses: Status[] = JSON.parse((await page).items.text)
    seen[name] = statuses.filter(({ account }) => account.id === author.accountId).map(({ id }) => id)
  }
  return seen
}

/** A reader who follows an author, has them on a list, and keeps their open and their private post. */
async function aReader(ctx: Context) {
  const [viewer, author] = [await aMember(ctx), await aMember(ctx)]
  await followAccount(ctx, viewer, author.accountId)
  const { id: listId } = await createList(ctx, viewer, { title: "Some" })
  await addToList(ctx, viewer, listId, [author.accountId])
  const open = await aPost(ctx, author, { caption: "#everywhere" })
  const closed = await aPost(ctx, author, { caption: "#everywhere", visibility: "private" })
  for (const id of [open, closed]) {
    await favouritePost(ctx, viewer, id)
    await bookmarkPost(ctx, viewer, id)
  }
  const look = () => everywhere(ctx, viewer, author, listId)
  const both = [closed, open]
  const before = {
    home: both,
    list: both,
    public: [open],
    tag: [open],
    account: both,
    favourites: both,
    bookmarks: both,
  }
  // Cold, and from whatever was kept of that.
  for (let time = 0; time < 2; time++) expect(await look()).toEqual(before)
  return { viewer, author, open, closed, look, before }
}

describe("on the next read, everywhere", () => {
  test("a deleted post is gone", async ({ domain: { ctx } }) => {
    const { author, open, closed, look, before } = await aReader(ctx)
    await deletePost(ctx, author, open)
    const left = Object.fromEntries(
      Object.entries(before).map(([name, ids]) => [name, ids.filter((id) => id !== open)]),
    )
    expect(await look()).toEqual(left)
    await deletePost(ctx, author, closed)
    expect(Object.values(await look()).flat()).toEqual([])
  })

  test("who is unfollowed is off the own timelines, and their private posts are off all", async ({
    domain: { ctx },
  }) => {
    const { viewer, author, open, look, before } = await aReader(ctx)
    await unfollowAccount(ctx, viewer, author.accountId)
    const [none, some]: string[][] = [[], [open]]
    const without = {
      home: none,
      list: none,
      public: some,
      tag: some,
      account: some,
      favourites: some,
      bookmarks: some,
    }
    expect(await look()).toEqual(without)
    await followAccount(ctx, viewer, author.accountId)
    expect(await look()).toEqual({ ...before, list: none })
  })
})
