import { createHash } from "node:crypto"
import {
  accessTokens,
  accounts,
  authorizationCodes,
  counterDeltas,
  mergedAuthors,
  parseId,
  postRevisions,
} from "@tintype/db"
import type { Actor, Context } from "@tintype/domain"
import { signUpOnWeb } from "@tintype/domain/auth"
import { startExport } from "@tintype/domain/exports"
import { addToList, createList } from "@tintype/domain/lists"
import {
  bookmarkPost,
  createPost,
  favouritePost,
  unbookmarkPost,
  unfavouritePost,
} from "@tintype/domain/posts"
import { blockAccount, followAccount, muteAccount, unfollowAccount } from "@tintype/domain/relationships"
import { aComment, aDraft, aPhoto, aPost } from "@tintype/domain/testing"
import { eq } from "drizzle-orm"

export const PASSWORD = "a good password"

let members = 0

/** Somebody who signed up in the browser. */
export async function aSignedUpMember(ctx: Context): Promise<Actor & { token: string }> {
  const username = `leaver_${++members}_${Date.now().toString(36)}`
  const form = { username, email: `${username}@example.com`, password: PASSWORD, address: "127.0.0.1" }
  const { token, account } = await signUpOnWeb(ctx, null, form)
  const accountId = parseId<"account">(account.id)
  const [row] = await ctx.db.select().from(accessTokens).limit(1)
  if (!accountId || !row) throw new Error("no account")
  return { accountId, appId: row.appId, token }
}

async function* bytes(text: string) {
  yield Buffer.from(text)
}

async function keep(ctx: Context, key: string): Promise<void> {
  const upload = await ctx.blobs.receive(bytes(key), { maxBytes: 1_000 })
  await upload.keep(key)
}

/** A photo with an original and a rendition. */
export async function aStoredPhoto(ctx: Context, owner: Actor) {
  const id = await aPhoto(ctx, owner)
  const sha256 = createHash("sha256").update(id).digest("hex")
  await keep(ctx, `originals/${owner.accountId}/${id}/${sha256}`)
  await keep(ctx, `${owner.accountId}/${id}/1/640.jpg`)
  return id
}

/** Likes, keeps and follows what there is of the other one, and takes a part of it back. */
async function takePart(ctx: Context, who: Actor, other: Actor): Promise<void> {
  for (const visibility of ["public", "unlisted"] as const) {
    const id = await aPost(ctx, other, { visibility, caption: "#sea" })
    await favouritePost(ctx, who, id)
    await bookmarkPost(ctx, who, id)
    if (visibility === "public") continue
    await unfavouritePost(ctx, who, id)
    await unbookmarkPost(ctx, who, id)
  }
  await followAccount(ctx, who, other.accountId)
  const { id } = await createList(ctx, who, { title: "Some" })
  await addToList(ctx, who, id, [other.accountId])
}

/** An account of which there is something in every table that can hold something of an account. */
export async function aFullLife(ctx: Context, friends: readonly [Actor, Actor]) {
  const leaver = await aSignedUpMember(ctx)
  const { accountId, appId } = leaver
  for (const friend of friends) {
    await takePart(ctx, leaver, friend)
    await takePart(ctx, friend, leaver)
  }
  await unfollowAccount(ctx, leaver, friends[1].accountId)
  await unfollowAccount(ctx, friends[1], accountId)
  await muteAccount(ctx, friends[0], accountId, { notifications: true, duration: 0 })
  const photo = await aStoredPhoto(ctx, leaver)
  const { id } = await createPost(ctx, leaver, aDraft([photo], { caption: "Mine #sea" }), "a key")
  const postId = parseId<"post">(id)
  if (!postId) throw new Error("no post")
  await aStoredPhoto(ctx, leaver)
  const photos = [{ id: photo, description: null }]
  const said = { caption: "Before", spoilerText: "", sensitive: false, photos, createdAt: new Date() }
  await ctx.db.insert(postRevisions).values({ ownerId: accountId, postId, revision: 1, ...said })
  await ctx.db.insert(counterDeltas).values({ ownerId: accountId, subjectId: postId, delta: 1 })
  await ctx.db.insert(mergedAuthors).values({ accountId, until: new Date(Date.now() + 1e9) })
  await ctx.db.insert(authorizationCodes).values({
    codeHash: `code of ${accountId}`,
    appId,
    accountId,
    redirectUri: "",
    scopes: [],
    expiresAt: new Date(Date.now() + 1e6),
  })
  const exported = await startExport(ctx, leaver)
  await keep(ctx, `exports/${accountId}/${exported.id}/1/archive.zip`)
  await aComment(ctx, friends[0], id)
  const theirs = await aPost(ctx, friends[0])
  const own = await aComment(ctx, leaver, theirs)
  const answer = await aComment(ctx, friends[0], own)
  await blockAccount(ctx, friends[1], accountId)
  return { ...leaver, postId, photo, theirs, answer }
}

/** What the table says of an account, past every cache. */
export async function rowOf(ctx: Context, { accountId }: Actor) {
  const [row] = await ctx.db.select().from(accounts).where(eq(accounts.id, accountId))
  if (!row) throw new Error("no account")
  return row
}
