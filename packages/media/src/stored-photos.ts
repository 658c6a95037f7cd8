import { opendir, readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { errorCode } from "./blob-errors.ts"

/** What a store holds of one photo, of its originals or of its renditions. */
export interface StoredPhoto {
  /** Of all that is listed here, for `remove`. */
  key: string
  kind: "original" | "renditions"
  ownerId: string
  id: string
  /** Newest change of any part, in milliseconds since 1970. */
  changedMs: number
  /** Renditions: the sets, one for each attempt that was published. */
  sets: { key: string; attempt: number; changedMs: number }[]
}

const NUMBER = /^[1-9]\d{0,18}$/

const isMissing = (error: unknown) => ["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function* numbersIn(folder: string): AsyncGenerator<string> {
  const entries = await unlessMissing(opendir(folder))
  if (entries) for await (const { name } of entries) if (NUMBER.test(name)) yield name
}

/** The owners' names from a place drawn by chance: a walk that is cut short begins elsewhere the next time. */
async function ownersIn(folder: string): Promise<string[]> {
  const names = ((await unlessMissing(readdir(folder))) ?? []).filter((name) => NUMBER.test(name))
  const first = Math.floor(Math.random() * names.length)
  return [...names.slice(first), ...names.slice(0, first)]
}

const changed = async (path: string) => (await unlessMissing(stat(path)))?.mtimeMs

async function setsOf(root: string, key: string): Promise<StoredPhoto["sets"]> {
  const sets: StoredPhoto["sets"] = []
  for await (const attempt of numbersIn(join(root, key))) {
    const changedMs = await changed(join(root, key, attempt))
    if (changedMs !== undefined) sets.push({ key: `${key}/${attempt}`, attempt: Number(attempt), changedMs })
  }
  return sets
}

async function* under(root: string, kind: StoredPhoto["kind"]): AsyncGenerator<StoredPhoto> {
  const before = kind === "original" ? "originals/" : ""
  for (const ownerId of await ownersIn(join(root, before))) {
    for await (const id of numbersIn(join(root, before + ownerId))) {
      const key = `${before}${ownerId}/${id}`
      const own = await changed(join(root, key))
      if (own === undefined) continue
      const sets = kind === "renditions" ? await setsOf(root, key) : []
      yield { key, kind, ownerId, id, sets, changedMs: Math.max(own, ...sets.map((set) => set.changedMs)) }
    }
  }
}

/** Walks through everything that is stored below `root`, without holding more than one owner's list of names. */
export async function* storedPhotos(root: string): AsyncGenerator<StoredPhoto> {
  yield* under(root, "original")
  yield* under(root, "renditions")
}
