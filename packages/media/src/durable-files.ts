import { closeSync, fsync, openSync } from "node:fs"
import { mkdir, readdir, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { errorCode } from "./blob-errors.ts"

const flush = promisify(fsync)

/**
 * Waits until what a file or folder holds would survive a power cut. Only the disk is waited for: to have another thread
 * open and close what was named a moment ago takes longer than to do it.
 */
async function sync(path: string): Promise<void> {
  const file = openSync(path, "r")
  try {
    await flush(file)
  } finally {
    closeSync(file)
  }
}

/** Makes a folder and its parents. @returns the outermost folder whose list of names may have changed */
async function makeFolder(root: string, path: string): Promise<string> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  return first && first.length <= root.length ? dirname(first) : root
}

/**
 * Syncs the folders from `inner` out to `outer`: all of them, since another process may have made one a moment ago
 * without having synced it yet. One that did not change costs nothing.
 */
async function syncNames(inner: string, outer: string): Promise<void> {
  for (let each = inner; each.length >= outer.length; each = dirname(each)) {
    await sync(each)
    if (each === outer) return
  }
}

/**
 * Moves a finished file to its place below `root` so that it survives a power cut: bytes first, then the names that
 * lead to it. After this returns a transaction may name it.
 */
export async function moveFileDurably(root: string, from: string, to: string): Promise<void> {
  const outer = await makeFolder(root, dirname(to))
  await sync(from)
  await rename(from, to)
  await syncNames(dirname(to), outer)
}

/**
 * The same for a folder with the files in it. One that is there already was complete when it got its name: it is left
 * as it is, and `from` goes away.
 */
export async function moveFolderDurably(root: string, from: string, to: string): Promise<void> {
  const outer = await makeFolder(root, dirname(to))
  const names = await readdir(from)
  await Promise.all(names.map((name) => sync(join(from, name))))
  await sync(from)
  try {
    await rename(from, to)
  } catch (error) {
    const code = errorCode(error)
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error
    await rm(from, { recursive: true, force: true })
  }
  await syncNames(dirname(to), outer)
}

/**
 * Moves the files of a folder into one that has its name already, and holds files that stay; `from` goes away. Others
 * see them one after the other.
 *
 * @returns false when there is no such folder any more
 */
export async function moveFilesDurably(from: string, to: string): Promise<boolean> {
  const names = await readdir(from)
  await Promise.all(names.map((name) => sync(join(from, name))))
  try {
    for (const name of names) await rename(join(from, name), join(to, name))
    await sync(to)
    return true
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false
    throw error
  } finally {
    await rm(from, { recursive: true, force: true })
  }
}

/** Removes a file or folder so that it does not come back with a power cut; one that is not there is gone already. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  try {
    await sync(dirname(path))
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error
  }
}

/**
 * Moves a file or folder to another place on the same disk, so that it does not come back with a power cut.
 *
 * @returns false when there is none
 */
export async function moveAwayDurably(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false
    throw error
  }
  await sync(dirname(to))
  await sync(dirname(from))
  return true
}
