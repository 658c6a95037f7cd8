import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createLogger } from "@tintype/observe"
import sharp, { type Sharp } from "sharp"
import { openBlobStore } from "../blob-store.ts"
import { openDarkroom } from "../darkroom.ts"

export type Photo = Uint8Array | Sharp

/** A darkroom with a blob store in a temporary folder. @param refines whether photos are made into AVIF too */
export function openTestDarkroom({
  refines = false,
  ...limits
}: {
  refines?: boolean
  concurrency?: number
  memoryMib?: number
  seconds?: number
} = {}) {
  const dir = mkdtempSync(join(tmpdir(), "tintype-darkroom-"))
  const blobs = openBlobStore({ dir })
  const log = createLogger("test", "silent")
  const darkroom = openDarkroom({ blobs, log, concurrency: 2, memoryMib: 700, seconds: 20, ...limits })
  let count = 0
  return {
    dir,
    /** Files of developments under way. */
    temporary: () =>
      readdirSync(dir).flatMap((name) => (name === "temporary" ? readdirSync(join(dir, name)) : [])),
    /** Puts a photo's original in its place and has it developed. */
    async develop(photo: Photo, signal = new AbortController().signal) {
      const number = ++count
      const original = `originals/1/${number}/${"00".repeat(32)}`
      const path = join(dir, original)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, photo instanceof Uint8Array ? photo : await photo.toBuffer())
      const folder = `1/${number}/1`
      const outcome = await darkroom.develop(original, folder, signal)
      if (outcome.developed && refines) await darkroom.refine(original, folder, signal)
      const files = outcome.developed ? readdirSync(join(dir, folder)).sort() : []
      return { outcome, files, path: (name: string) => join(dir, folder, name) }
    },
    /** Makes the AVIF of the photo that was developed last. @returns whether its renditions were there */
    refine: () =>
      darkroom.refine(
        `originals/1/${count}/${"00".repeat(32)}`,
        `1/${count}/1`,
        new AbortController().signal,
      ),
    /** Has an original developed that is not in the store. */
    developMissing: () =>
      darkroom.develop(
        `originals/1/${++count}/${"00".repeat(32)}`,
        `1/${count}/1`,
        new AbortController().signal,
      ),
    close() {
      darkroom.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Red, green and blue, and alpha if there is any, of one pixel. */
export async function pixelOf(path: string, left: number, top: number): Promise<number[]> {
  return [...(await sharp(path).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())]
}
