import { readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Visibility } from "@tintype/contract"
import { accounts, postTags } from "@tintype/db"
import { verifyPath } from "@tintype/media/signed-path"
import { eq } from "drizzle-orm"
import { describe, expect } from "vitest"
import type { Context } from "../context.ts"
import { Invalid, NotFound, Unauthorized } from "../errors.ts"
import { test } from "../testing/domain-test.ts"
import { aDraft, aMember, aPhoto, aPost } from "../testing/members.ts"
import { changeVisibility } from "./change-visibility.ts"
import { createPost } from "./create-post.ts"
import { deletePost } from "./delete-post.ts"
import { editPost, type PostEdit } from "./edit-post.ts"
import { getPost } from "./get-post.ts"
import { getHistory, getSource } from "./post-history.ts"

/** One after the other, and whether links that were made before end with it. */
const STEPS: readonly (readonly [Visibility, boolean])[] = [
  ["unlisted", false],
  ["private", true],
  ["direct", true],
  ["public", false],
  ["direct", true],
]

const anEdit = (change: Partial<PostEdit>): PostEdit => ({
  caption: "",
  spoilerText: "",
  sensitive: false,
  language: undefined,
  mediaIds: undefined,
  photos: [],
  ...change,
})

const listed = async ({ db }: Context, postId: string) =>
  (await db.select().from(postTags)).filter((row) => row.postId === postId).map(({ tag }) => tag)

describe("an edited post", () => {
  test("says what it was told, under its new tags, and keeps what it said before", async ({
    domain: { ctx },
  }) => {
    const [author, other] = [await aMember(ctx), await aMember(ctx)]
    const photos = [await aPhoto(ctx, author), await aPhoto(ctx, author)]
    const made = await createPost(ctx, author, aDraft(photos, { caption: "First #sea #sun", language: "en" }))
    const edited = await editPost(
      ctx,
      author,
      made.id,
      anEdit({
        caption: "Second #sun #wind",
        spoilerText: "windy",
        mediaIds: photos.toReversed(),
        photos: [{ id: photos[0] ?? "", description: "A boat", focus: "0.5,-0.5" }],
      }),
    )
    expect(edited).toMatchObject({
      edited_at: expect.stringMatching(/^20/),
      spoiler_text: "windy",
      sensitive: true,
      language: "en",
      tags: [{ name: "sun" }, { name: "wind" }],
    })
    expect(edited.media_attachments.map(({ id, description }) => [id, description])).toEqual([
      [photos[1], null],
      [photos[0], "A boat"],
    ])
    expect(await getPost(ctx, other, made.id)).toMatchObject({ content: edited.content })
    expect((await listed(ctx, made.id)).toSorted()).toEqual(["sun", "wind"])
    const history = await getHistory(ctx, other, made.id)
    expect(history).toMatchObject([
      { content: made.content, spoiler_text: "", created_at: made.created_at },
      { content: edited.content, spoiler_text: "windy", created_at: edited.edited_at },
    ])
    expect(history[0]?.media_attachments.map(({ id, description }) => [id, description])).toEqual(
      photos.map((id) => [id, null]),
    )
    expect(await getSource(ctx, author, made.id)).toMatchObject({
      text: "Second #sun #wind",
      spoiler_text: "windy",
    })
    await expect(getSource(ctx, other, made.id)).rejects.toThrow(NotFound)
  })

  test("is no other one if nothing changed, and cannot get other photos", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const [photo, unused] = [await aPhoto(ctx, author), await aPhoto(ctx, author)]
    const made = await createPost(ctx, author, aDraft([photo], { caption: "Same" }))
    const same = await editPost(ctx, author, made.id, anEdit({ caption: "Same", mediaIds: [photo] }))
    expect(same).toEqual(made)
    expect(await getHistory(ctx, author, made.id)).toHaveLength(1)
    for (const mediaIds of [[unused], [photo, unused], [photo, photo]]) {
      await expect(editPost(ctx, author, made.id, anEdit({ mediaIds }))).rejects.toThrow(Invalid)
    }
    const stray = anEdit({ photos: [{ id: unused, description: "x" }] })
    await expect(editPost(ctx, author, made.id, stray)).rejects.toThrow(Invalid)
    await expect(editPost(ctx, await aMember(ctx), made.id, anEdit({}))).rejects.toThrow(NotFound)
  })

  test("of edits at once each makes a version, and none is lost", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const id = await aPost(ctx, author, { caption: "0" })
    const captions = ["1", "2", "3", "4", "5", "6"]
    await Promise.all(captions.map((caption) => editPost(ctx, author, id, anEdit({ caption }))))
    const said = (await getHistory(ctx, author, id)).map(({ content }) => content.replace(/<[^>]*>/g, ""))
    expect(said[0]).toBe("0")
    expect(said.toSorted()).toEqual(["0", ...captions])
    await deletePost(ctx, author, id)
    await expect(getHistory(ctx, author, id)).rejects.toThrow(NotFound)
  })
})

describe("who may see a post", () => {
  test("its author alone changes it; it does not count as edited", async ({ domain: { ctx } }) => {
    const [author, stranger] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author, { caption: "#tagged" })
    await expect(changeVisibility(ctx, stranger, id, "private")).rejects.toThrow(NotFound)
    const hidden = await changeVisibility(ctx, author, id, "private")
    expect(hidden).toMatchObject({ visibility: "private", edited_at: null })
    expect(await listed(ctx, id)).toEqual([])
    await expect(getPost(ctx, stranger, id)).rejects.toThrow(NotFound)
    await expect(getPost(ctx, null, id)).rejects.toThrow(NotFound)
    await changeVisibility(ctx, author, id, "public")
    expect(await listed(ctx, id)).toEqual(["tagged"])
    expect(await getPost(ctx, null, id)).toMatchObject({ id })
  })

  test("links to photos end with it, and the photos stay", async ({ domain: { ctx }, blobDir }) => {
    const author = await aMember(ctx)
    const photo = await aPhoto(ctx, author)
    const folder = await ctx.blobs.temporaryFolder()
    await writeFile(join(folder, "640.jpg"), "a photo")
    await ctx.blobs.publishFolder(folder, `${author.accountId}/${photo}/1`)
    const { id } = await createPost(ctx, author, aDraft([photo]))
    const linkOf = async () => {
      const [attachment] = (await getPost(ctx, author, id)).media_attachments
      return new URL(attachment?.url ?? "").pathname
    }
    const opens = async (link: string) => {
      const signed = verifyPath(ctx.settings.signingSecret, link, Date.now() / 1000)
      return signed !== undefined && ctx.blobs.stamp(signed.key) !== undefined
    }
    const links: string[] = []
    for (const [visibility, isNarrower] of STEPS) {
      const before = await linkOf()
      expect(await opens(before)).toBe(true)
      await changeVisibility(ctx, author, id, visibility)
      expect([visibility, await opens(before)]).toEqual([visibility, !isNarrower])
      links.push(before)
    }
    expect(await opens(await linkOf())).toBe(true)
    expect(new Set(links).size).toBeGreaterThan(2)
    expect(await readdir(join(blobDir, author.accountId, photo))).toHaveLength(1)
  })
})

test("a member who has left changes nothing any more", async ({ domain: { ctx } }) => {
  const author = await aMember(ctx)
  const id = await aPost(ctx, author)
  await ctx.db.update(accounts).set({ deletedAt: new Date() }).where(eq(accounts.id, author.accountId))
  await expect(editPost(ctx, author, id, anEdit({}))).rejects.toThrow(Unauthorized)
  await expect(changeVisibility(ctx, author, id, "direct")).rejects.toThrow(Unauthorized)
})
