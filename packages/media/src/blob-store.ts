import { randomUUID } from "node:crypto"
import { type Stats, statSync } from "node:fs"
import { type FileHandle, mkdir, open, opendir, rm, rmdir, stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import type { Readable } from "node:stream"
import { errorCode, namedStorageError } from "./blob-errors.ts"
import { moveFileDurably, moveFilesDurably, moveFolderDurably, removeDurably } from "./durable-files.ts"
import { linkFolder } from "./linked-folder.ts"
import { eraseOwner, withdrawOwner } from "./owner-files.ts"
import { type ReceiveOptions, receiveUpload, type Upload } from "./receive-upload.ts"
import { type StoredPhoto, storedPhotos } from "./stored-photos.ts"

export { BlobTooLarge, StorageFull } from "./blob-errors.ts"
export type { ReceiveOptions, Upload } from "./receive-upload.ts"
export type { StoredPhoto } from "./stored-photos.ts"

/** Both ends included. */
export interface BlobRange {
  start: number
  end: number
}

export interface OpenBlob {
  size: number
  /** As `BlobStore.stamp` tells it. */
  stamp: string
  /**
   * All of it, by one read.
   *
   * @throws Error when the file has become shorter
   */
  whole(): Promise<Buffer>
  read(range: BlobRange): Readable
  close(): Promise<void>
}

/** Where photos lie. Keys are written once and never again. */
export interface BlobStore {
  receive(stream: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<Upload>
  /** An empty folder, on the same disk, for what shall be published. */
  temporaryFolder(): Promise<string>
  /**
   * Puts a folder under its key for good. When this returns it survives a power cut. A folder that is published under
   * the key already is left as it is.
   *
   * @throws StorageFull
   */
  publishFolder(folder: string, key: string): Promise<void>
  /**
   * Adds a folder's files to those that lie under its key, and synced they survive a power cut. The same name is the
   * same file, made again.
   *
   * @returns false when nothing lies under the key any more
   * @throws StorageFull
   */
  addToFolder(folder: string, key: string): Promise<boolean>
  open(key: string): Promise<OpenBlob | undefined>
  /**
   * Tells the file that lies under a key now from every other one; undefined when there is none. Looks at once, without
   * waiting: for what lies on a local disk, and was just read.
   */
  stamp(key: string): string | undefined
  /** The file of a key, for a process that reads files. */
  pathOf(key: string): string
  /** Removes a file or a folder for good; what is not there is removed already. */
  remove(key: string): Promise<void>
  /** Gives what lies in a published folder a second key; nothing if it is not there. Durable as `publishFolder`. */
  alsoUnder(key: string, other: string): Promise<void>
  /** Puts everything of an owner out of reach at once, however much it is. */
  withdraw(ownerId: string): Promise<void>
  /** Removes everything of an owner for good, also what was withdrawn. */
  eraseOwner(ownerId: string): Promise<void>
  /** The files of a folder and their sizes, a hundred at most; none if there is no such folder. */
  sizes(key: string): Promise<Map<string, number>>
  /** Everything that is stored under a key, by photo, in no particular order. */
  photos(): AsyncIterable<StoredPhoto>
  /** Removes what crashed processes left. @returns how many */
  sweepTemporary(olderThanMs: number): Promise<number>
}

const ID = "[1-9][0-9]{0,18}"
const KEY = new RegExp(
  `^(originals/${ID}/${ID}(/[0-9a-f]{64})?|` +
    `exports/${ID}/${ID}(/parts(/[0-9]{1,5}\\.json)?|/[0-9]{1,9}(/archive\\.zip)?)?|${ID}/${ID}(/[0-9]{1,9}(/[a-z0-9]{1,20}\\.[a-z]{3,4})?)?)$`,
)

const OWNER = new RegExp(`^${ID}$`)

function ownerOf(text: string): string {
  if (!OWNER.test(text)) throw new Error("not the id of an owner")
  return text
}

const isMissing = (error: unknown) => ["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")

/** Gives what an operation throws its name. */
async function named<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation
  } catch (error) {
    throw namedStorageError(error)
  }
}

const stampOf = ({ ino, size, mtimeMs }: Stats): string => `${ino}-${size}-${mtimeMs}`

async function readWhole(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size)
  const { bytesRead } = await file.read(bytes, 0, size, 0)
  if (bytesRead < size) throw new Error("a blob is shorter than it was")
  return bytes
}

async function openFile(path: string): Promise<OpenBlob | undefined> {
  try {
    const file = await open(path, "r")
    const stats = await file.stat()
    return {
      size: stats.size,
      stamp: stampOf(stats),
      whole: () => readWhole(file, stats.size),
      read: ({ start, end }) => file.createReadStream({ start, end, autoClose: false }),
      close: () => file.close(),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The folder's entries as they are read; none if there is no such folder. */
async function* namesIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** Of a folder with a photo's files, which are few. */
const MOST_FILES = 100

async function sizesIn(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for await (const name of namesIn(folder)) {
    if (sizes.size === MOST_FILES) break
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found) sizes.set(name, found.size)
  }
  return sizes
}

async function sweep(folder: string, olderThanMs: number): Promise<number> {
  let removed = 0
  for await (const name of namesIn(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch((error: unknown) => {
      // Kept, published or discarded a moment ago.
      if (isMissing(error)) return undefined
      throw error
    })
    if (!found || Date.now() - found.mtimeMs < olderThanMs) continue
    await rm(path, { recursive: true, force: true })
    removed++
  }
  return removed
}

/** A blob store in a folder of this machine's disk. Makes its folders when they are first needed. */
export function openBlobStore({ dir }: { dir: string }): BlobStore {
  const root = resolve(dir)
  const temporary = join(root, "temporary")
  const pathOf = (key: string) => {
    if (!KEY.test(key)) throw new Error("not a blob key")
    return join(root, key)
  }
  const inTemporary = () => join(temporary, randomUUID())
  const temporaryFolder = async () => {
    const folder = inTemporary()
    await named(mkdir(folder, { recursive: true, mode: 0o700 }))
    return folder
  }
  return {
    pathOf,
    temporaryFolder,
    async receive(stream, options) {
      const path = inTemporary()
      const keep = (key: string) => named(moveFileDurably(root, path, pathOf(key)))
      return receiveUpload(path, keep, stream, options)
    },
    publishFolder: async (folder, key) => named(moveFolderDurably(root, folder, pathOf(key))),
    addToFolder: async (folder, key) => named(moveFilesDurably(folder, pathOf(key))),
    open: async (key) => openFile(pathOf(key)),
    stamp: (key) => {
      const stats = statSync(pathOf(key), { throwIfNoEntry: false })
      return stats && stampOf(stats)
    },
    remove: async (key) => removeDurably(pathOf(key)),
    photos: () => storedPhotos(root),
    async alsoUnder(key, other) {
      const [from, to] = [pathOf(key), pathOf(other)]
      const folder = await temporaryFolder()
      if (await named(linkFolder(from, folder))) await named(moveFolderDurably(root, folder, to))
      else await rmdir(folder)
    },
    withdraw: async (ownerId) => named(withdrawOwner(root, temporary, ownerOf(ownerId))),
    eraseOwner: async (ownerId) => named(eraseOwner(root, temporary, ownerOf(ownerId))),
    sizes: async (key) => sizesIn(pathOf(key)),
    sweepTemporary: (olderThanMs) => sweep(temporary, olderThanMs),
  }
}
