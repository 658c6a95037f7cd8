import { createHash } from "node:crypto"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"
import { accountExports, accounts, type MediaId, media, parseId } from "@tintype/db"
import { type Actor, Conflict, type Context, NotFound, TooMany } from "@tintype/domain"
import {
  collectPosts,
  exportWorkflow,
  getExport,
  listExports,
  packPart,
  startExport,
  sweepExports,
  writeExport,
} from "@tintype/domain/exports"
import { addToList, createList } from "@tintype/domain/lists"
import { bookmarkPost, createPost, deletePost, favouritePost } from "@tintype/domain/posts"
import { blockAccount, followAccount, muteAccount } from "@tintype/domain/relationships"
import { aComment, aDraft, aMember, aPhoto, test as base, manyPosts } from "@tintype/domain/testing"
import { verifyPath } from "@tintype/media"
import { startWorkers, workflowDeathHooks } from "@tintype/queue"
import { unzip } from "@tintype/testkit"
import { eq, sql } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { handleExports } from "./handlers.ts"

const PATIENT = { timeout: 20_000 }
const never = new AbortController().signal

const test = base.extend("work", { scope: "file" }, async ({ domain: { ctx }, redis }) => () => {
  const workers = startWorkers({
    redisUrl: redis.queueUrl,
    prefix: redis.prefix,
    db: ctx.db,
    jobs: exportWorkflow.jobs,
    handlers: handleExports(ctx),
    onDead: workflowDeathHooks([exportWorkflow]),
    classes: { transfer: { concurrency: 4 } },
    log: ctx.log,
  })
  onTestFinished(() => workers.close(1_000))
})

/** A photo whose original lies in the blob store. */
async function anOriginal(ctx: Context, owner: Actor, bytes: Buffer): Promise<MediaId> {
  const id = await aPhoto(ctx, owner)
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  const source = (async function* () {
    yield bytes
  })()
  const upload = await ctx.blobs.receive(source, { maxBytes: 1e6 })
  await upload.keep(`originals/${owner.accountId}/${id}/${sha256}`)
  await ctx.db
    .update(media)
    .set({ originalSha256: sha256, originalBytes: bytes.length })
    .where(eq(media.id, id))
  return id
}

async function download(ctx: Context, url: string | null): Promise<Map<string, Buffer>> {
  const { pathname } = new URL(url ?? "")
  const signed = verifyPath(ctx.settings.signingSecret, pathname, Date.now() / 1000)
  const blob = await ctx.blobs.open(signed?.key ?? "")
  if (!blob) throw new Error("no archive")
  try {
    return await unzip(await buffer(blob.read({ start: 0, end: blob.size - 1 })))
  } finally {
    await blob.close()
  }
}

const itemsOf = (file: Buffer | undefined): unknown[] => JSON.parse(String(file)).orderedItems

const untilReady = (ctx: Context, actor: Actor, id: string) =>
  expect.poll(async () => (await getExport(ctx, actor, id)).state, PATIENT).toBe("ready")

test("everything of an account comes out of its archive as it went in, and nobody else's", async ({
  domain: { ctx },
  work,
}) => {
  const [alice, bob] = [await aMember(ctx), await aMember(ctx)]
  const originals = [Buffer.from("first"), Buffer.from("second"), Buffer.from("of bob")]
  const [one, two, his] = originals
  if (!one || !two || !his) throw new Error("no originals")
  const photos = [await anOriginal(ctx, alice, one), await anOriginal(ctx, alice, two)]
  const draft = aDraft(photos, { caption: "Two at once #sea", visibility: "private", spoilerText: "wet" })
  const post = await createPost(ctx, alice, draft)
  const bobs = await createPost(ctx, bob, aDraft([await anOriginal(ctx, bob, his)]))
  const comment = await aComment(ctx, alice, bobs.id, { caption: "From afar" })
  await favouritePost(ctx, alice, bobs.id)
  await bookmarkPost(ctx, alice, bobs.id)
  await followAccount(ctx, alice, bob.accountId)
  await followAccount(ctx, bob, alice.accountId)
  const carol = await aMember(ctx)
  await blockAccount(ctx, alice, carol.accountId)
  await muteAccount(ctx, alice, bob.accountId, { notifications: false, duration: 0 })
  await muteAccount(ctx, alice, carol.accountId, { notifications: true, duration: 60 })
  const list = await createList(ctx, alice, { title: 'Sea, "far" and near' })
  await addToList(ctx, alice, list.id, [bob.accountId])
  work()
  const started = await startExport(ctx, alice)
  expect(started).toMatchObject({ state: "running", url: null })
  await untilReady(ctx, alice, started.id)
  const ready = await getExport(ctx, alice, started.id)
  expect(ready).toMatchObject({ progress: 100, posts: 2, photos: 2 })
  const files = await download(ctx, ready.url)
  const names = photos.map((id) => `media_attachments/files/${id}.jpg`)
  const lists = [
    "actor.json",
    "blocked_accounts.csv",
    "bookmarks.json",
    "followers.csv",
    "following_accounts.csv",
    "likes.json",
    "lists.csv",
    "muted_accounts.csv",
  ]
  expect([...files.keys()].toSorted()).toEqual([...lists, ...names, "outbox.json"].toSorted())
  expect(names.map((name) => String(files.get(name)))).toEqual(["first", "second"])
  const [username, other, third] = await Promise.all(
    [alice, bob, carol].map(async ({ accountId }) => {
      const [row] = await ctx.db.select().from(accounts).where(eq(accounts.id, accountId))
      return row?.username
    }),
  )
  expect(itemsOf(files.get("outbox.json"))).toMatchObject([
    {
      type: "Create",
      actor: `https://photos.example/@${username}`,
      to: [`https://photos.example/@${username}/followers`],
      object: {
        type: "Note",
        id: `https://photos.example/@${username}/${post.id}`,
        summary: "wet",
        source: { content: "Two at once #sea" },
        attachment: names.map((url) => ({ type: "Document", url, mediaType: "image/jpeg" })),
        tag: [{ type: "Hashtag", name: "#sea" }],
        inReplyTo: null,
      },
    },
    {
      object: {
        id: `https://photos.example/@${username}/${comment}`,
        inReplyTo: `https://photos.example/@${other}/${bobs.id}`,
        source: { content: "From afar" },
        attachment: [],
        tag: [{ type: "Mention", name: `@${other}` }],
      },
    },
  ])
  const liked = [`https://photos.example/@${other}/${bobs.id}`]
  expect([itemsOf(files.get("likes.json")), itemsOf(files.get("bookmarks.json"))]).toEqual([liked, liked])
  expect(String(files.get("following_accounts.csv")).split("\n")[1]).toBe(
    `${other}@photos.example,true,false,`,
  )
  expect(String(files.get("lists.csv"))).toBe(`"Sea, ""far"" and near",${other}@photos.example\n`)
  expect(String(files.get("followers.csv"))).toBe(`Account address\n${other}@photos.example\n`)
  expect(String(files.get("blocked_accounts.csv"))).toBe(`Account address\n${third}@photos.example\n`)
  expect(String(files.get("muted_accounts.csv"))).toBe(
    `Account address,Hide notifications\n${other}@photos.example,false\n`,
  )
  expect(JSON.parse(String(files.get("actor.json")))).toMatchObject({ preferredUsername: username })
})

test("what is deleted while it is packed is left out, and a file that is gone stops nothing", async ({
  domain: { ctx },
  blobDir,
}) => {
  const alice = await aMember(ctx)
  const { accountId: ownerId } = alice
  const kept = await anOriginal(ctx, alice, Buffer.from("kept"))
  const [stays, lost, goes] = [
    await createPost(ctx, alice, aDraft([kept])),
    await createPost(ctx, alice, aDraft([await aPhoto(ctx, alice)])),
    await createPost(ctx, alice, aDraft([await anOriginal(ctx, alice, Buffer.from("gone"))])),
  ]
  const started = await startExport(ctx, alice)
  const id = parseId<"export">(started.id)
  const [chunk] = await collectPosts(ctx, ownerId)
  if (!id || !chunk) throw new Error("nothing to pack")
  const packed = await packPart(ctx, ownerId, id, { chunk, index: 0, signal: never })
  expect(packed).toMatchObject({ posts: 3 })
  await deletePost(ctx, alice, goes.id)
  const run = { ownerId, attempt: 1, signal: never, progress: async () => undefined }
  await writeExport(ctx, id, [packed], { ...run, complete: async () => undefined })
  const ready = await getExport(ctx, alice, started.id)
  expect(ready).toMatchObject({ posts: 2, photos: 1 })
  const files = await download(ctx, ready.url)
  const ids = itemsOf(files.get("outbox.json")).map((item) => Object(item).object.id.split("/").at(-1))
  expect(ids).toEqual([stays.id, lost.id])
  expect([...files.keys()].filter((name) => name.startsWith("media_"))).toEqual([
    `media_attachments/files/${kept}.jpg`,
  ])
  expect(await readdir(join(blobDir, "exports", ownerId, id))).toEqual(["1"])
})

test("thousands of posts are packed in chunks, each once", async ({ domain: { ctx }, work }) => {
  const alice = await aMember(ctx)
  const ids = await manyPosts(ctx, alice, 1_201)
  work()
  const { id } = await startExport(ctx, alice)
  await untilReady(ctx, alice, id)
  const ready = await getExport(ctx, alice, id)
  expect(ready.posts).toBe(1_201)
  const files = await download(ctx, ready.url)
  const told = itemsOf(files.get("outbox.json")).map((item) => Object(item).object.id.split("/").at(-1))
  expect(told).toEqual(ids.map(String))
})

test("one export at a time and one a day; of others nobody learns", async ({ domain: { ctx }, work }) => {
  const [alice, bob] = [await aMember(ctx), await aMember(ctx)]
  const racing = await Promise.allSettled(Array.from({ length: 4 }, () => startExport(ctx, alice)))
  expect(racing.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
  await expect(startExport(ctx, alice)).rejects.toThrow(Conflict)
  const [only] = await listExports(ctx, alice)
  work()
  await untilReady(ctx, alice, only?.id ?? "")
  await expect(startExport(ctx, alice)).rejects.toThrow(TooMany)
  await expect(getExport(ctx, bob, only?.id ?? "")).rejects.toThrow(NotFound)
  expect(await listExports(ctx, bob)).toEqual([])
})

test("an export of an account that is gone fails and leaves no files; one that expired is removed", async ({
  domain: { ctx },
  work,
  blobDir,
}) => {
  const [alice, bob] = [await aMember(ctx), await aMember(ctx)]
  await manyPosts(ctx, alice, 3)
  const failing = await startExport(ctx, alice)
  await ctx.db.delete(accounts).where(eq(accounts.id, alice.accountId))
  const expiring = await startExport(ctx, bob)
  work()
  const stateOf = async () => (await getExport(ctx, alice, failing.id)).state
  await expect.poll(stateOf, PATIENT).toBe("failed")
  await untilReady(ctx, bob, expiring.id)
  expect(await sweepExports(ctx, never)).toBe(0)
  await ctx.db
    .update(accountExports)
    .set({ expiresAt: sql`now() - interval '1 second'` })
    .where(eq(accountExports.ownerId, bob.accountId))
  expect(await getExport(ctx, bob, expiring.id)).toMatchObject({ state: "expired", url: null })
  expect(await sweepExports(ctx, never)).toBe(1)
  await expect(readdir(join(blobDir, "exports", bob.accountId))).resolves.toEqual([])
  await expect(readdir(join(blobDir, "exports", alice.accountId))).rejects.toThrow("ENOENT")
})
