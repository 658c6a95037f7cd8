import { copyFile, link, readdir } from "node:fs/promises"
import { join } from "node:path"
import { errorCode } from "./blob-errors.ts"

/** Of disks that know no second name of a file. */
const CANNOT_LINK = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "EXDEV", "EMLINK", "ENOSYS"])

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!CANNOT_LINK.has(errorCode(error) ?? "")) throw error
    await copyFile(from, to)
  }
}

/**
 * Gives the files of a folder a second name each in another folder; no byte is copied where the disk can do without.
 *
 * @returns false when there is no such folder
 */
export async function linkFolder(from: string, to: string): Promise<boolean> {
  let names: string[]
  try {
    names = await readdir(from)
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false
    throw error
  }
  for (const name of names) await linkOrCopy(join(from, name), join(to, name))
  return true
}
