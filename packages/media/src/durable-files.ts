import { mkdir, open, readdir, rename } from "node:fs/promises"
import { dirname, join } from "node:path"

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a folder and its parents, and syncs each parent that got a new entry. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (!first) return
  for (let each = dirname(path); each.length >= dirname(first).length; each = dirname(each)) await sync(each)
}

/**
 * Moves a finished file to its place so that it survives a power cut: bytes first, then the name.
 * After this returns a transaction may name it.
 */
export async function moveFileDurably(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await sync(from)
  await rename(from, to)
  await sync(dirname(to))
}

/** The same for a folder with the files in it; one that is there already is left as it is. */
export async function moveFolderDurably(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  for (const name of await readdir(from)) await sync(join(from, name))
  await sync(from)
  await rename(from, to)
  await sync(dirname(to))
}
