import type { Status } from "@tintype/contract"
import { apps, parseId } from "@tintype/db"
import { describe, expect } from "vitest"
import { signUpOnWeb } from "../auth/index.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { deleteAccount } from "../farewell/index.ts"
import { addToList, createList, getLists } from "../lists/index.ts"
import {
  bookmarkPost,
  changeVisibility,
  deletePost,
  favouritePost,
  getPost,
  getPostContext,
  listAccountPosts,
  listBookmarks,
  listFavourites,
  type PostPage,
} from "../posts/index.ts"
import {
  blockAccount,
  followAccount,
  muteAccount,
  tieCard,
  unblockAccount,
  unfollowAccount,
  unmuteAccount,
} from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { readHome } from "./read-home.ts"
import { readList } from "./read-list.ts"
import { readPublic } from "./read-public.ts"
import { readTag } from "./read-tag.ts"

/** Somebody with a password. */
async function aSignedUp(ctx: Context, username: string): Promise<Actor> {
  const form = {
    username,
    email: `${username}@example.com`,
    password: "a good password",
    address: "127.0.0.1",
  }
  const { account } = await signUpOnWeb(ctx, null, form)
  const [app] = await ctx.db.select({ id: apps.id }).from(apps)
  const accountId = parseId<"account">(account.id)
  if (!accountId || !app) throw new Error("no account")
  return { accountId, appId: app.id }
}

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
async function aReader(ctx: Context, author?: Actor) {
  const viewer = await aMember(ctx)
  return readerOf(ctx, viewer, author ?? (await aMember(ctx)))
}

async function readerOf(ctx: Context, viewer: Actor, author: Actor) {
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

  test("a post is where those may see it whom it is for now", async ({ domain: { ctx } }) => {
    const { viewer, author, open, closed, look, before } = await aReader(ctx)
    await changeVisibility(ctx, author, open, "private")
    expect(await look()).toEqual({ ...before, public: [], tag: [] })
    await changeVisibility(ctx, author, open, "direct")
    const one = {
      home: [closed],
      list: [closed],
      account: [closed],
      favourites: [closed],
      bookmarks: [closed],
    }
    expect(await look()).toEqual({ ...one, public: [], tag: [] })
    await changeVisibility(ctx, author, open, "unlisted")
    await fanOutPost(ctx, author.accountId, open, new AbortController().signal)
    expect(await look()).toEqual({ ...before, public: [], tag: [] })
    await changeVisibility(ctx, author, closed, "direct")
    await readHome(ctx, viewer, PAGE)
    await changeVisibility(ctx, author, closed, "public")
    await changeVisibility(ctx, author, open, "public")
    await fanOutPost(ctx, author.accountId, closed, new AbortController().signal)
    expect(await look()).toEqual({ ...before, public: [closed, open], tag: [closed, open] })
  })

  test("nothing is left of a deleted account, and no timeline ends before it does", async ({
    domain: { ctx },
  }) => {
    await aSignedUp(ctx, "keeper")
    const leaver = await aSignedUp(ctx, "leaver")
    const other = await aMember(ctx)
    const kept = await aPost(ctx, other, { caption: "#everywhere" })
    const { viewer } = await aReader(ctx, leaver)
    await followAccount(ctx, viewer, other.accountId)
    for (let post = 0; post < 4; post++) await aPost(ctx, leaver, { caption: "#everywhere" })
    const left = { password: "a good password", address: "127.0.0.1" }
    await deleteAccount(ctx, leaver, left)
    await expect(listAccountPosts(ctx, viewer, leaver.accountId, PAGE)).rejects.toThrow("not found")
    const two = { limit: 2 }
    const pages = [
      readHome(ctx, viewer, two),
      readPublic(ctx, viewer, two),
      readTag(ctx, null, "everywhere", { ...ANY_TAG, ...two }),
    ]
    for (const page of await Promise.all(pages)) {
      const ids = JSON.parse(page.items.text).map(({ id }: Status) => id)
      expect(ids).toContain(kept)
      expect(page.items.text).not.toContain(leaver.accountId)
    }
    for (const list of [listFavourites, listBookmarks]) {
      expect(JSON.parse((await list(ctx, viewer, PAGE)).items.text)).toEqual([])
    }
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

  test.for(["the viewer", "the author"])(
    "nothing of the other is left once %s has blocked",
    async (who, { domain: { ctx } }) => {
      const { viewer, author, open, closed, look } = await aReader(ctx)
      const [from, to] = who === "the viewer" ? [viewer, author] : [author, viewer]
      await blockAccount(ctx, from, to.accountId)
      expect(Object.values(await look()).flat()).toEqual([])
      for (const id of [open, closed]) {
        for (const use of [getPost, getPostContext, favouritePost, bookmarkPost]) {
          await expect(use(ctx, viewer, id)).rejects.toThrow(NotFound)
        }
      }
      // Cold, too.
      await ctx.cache.forget([
        tieCard.key({ followerId: viewer.accountId, followeeId: author.accountId }).key,
      ])
      expect(Object.values(await look()).flat()).toEqual([])
      await unblockAccount(ctx, from, to.accountId)
      const some = [open]
      const without = { home: [], list: [], public: some, tag: some, account: some }
      expect(await look()).toEqual({ ...without, favourites: some, bookmarks: some })
    },
  )

  test("who is muted is off the timelines, and nowhere else", async ({ domain: { ctx } }) => {
    const { viewer, author, look, before } = await aReader(ctx)
    const silent = { ...before, home: [], list: [], public: [], tag: [] }
    const id = author.accountId
    await muteAccount(ctx, viewer, id, { notifications: true, duration: 0 })
    expect(await look()).toEqual(silent)
    // The list is built anew meanwhile, without them.
    await followAccount(ctx, viewer, (await aMember(ctx)).accountId)
    expect(await look()).toEqual(silent)
    await unmuteAccount(ctx, viewer, id)
    expect(await look()).toEqual(before)
    // For a time: nobody has to do anything for it to end.
    await muteAccount(ctx, viewer, id, { notifications: true, duration: 60 })
    expect(await look()).toEqual(silent)
    const later = { ...ctx, now: () => new Date(Date.now() + 61_000) }
    expect(await everywhere(later, viewer, author, (await getLists(ctx, viewer))[0]?.id ?? "")).toEqual(
      before,
    )
  })
})
