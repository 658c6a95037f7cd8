import { rm } from "node:fs/promises"
import { extname } from "node:path"
import type { Logger } from "@tintype/observe"
import { StorageFull } from "./blob-errors.ts"
import type { BlobStore } from "./blob-store.ts"
import { DevelopCrash } from "./darkroom-child.ts"
import type { Developed } from "./develop-messages.ts"
import { Developers } from "./developers.ts"

export interface DarkroomOptions {
  blobs: BlobStore
  /** Photos at once. */
  concurrency: number
  /** For each child. */
  memoryMib: number
  /** For each photo. */
  seconds: number
  log: Logger
}

export type Outcome = { developed: Developed } | { developed?: undefined; reason: string }

export interface Darkroom {
  /**
   * Develops an original and publishes its renditions, synced to disk, under `folderKey`.
   *
   * @returns what came out, or why this photo never will
   * @throws DevelopCrash when the child ended, took too long or too much memory; StorageFull
   */
  develop(originalKey: string, folderKey: string, signal: AbortSignal): Promise<Outcome>
  /** From now on so many photos at once. */
  widen(concurrency: number): void
  /** Ends the children. */
  close(): void
}

/** Beside this file, a source as this one is or bundled as this one is. */
const CHILD = new URL(`./develop-child${extname(import.meta.url)}`, import.meta.url)

function failure({ failed, code }: { failed: string; code?: string | undefined }): Error {
  if (code === "ENOMEM") return new DevelopCrash("memory", failed)
  if (code === "ENOSPC" || code === "EDQUOT") return new StorageFull("the blob store is full")
  return new Error(`developing failed: ${failed}`)
}

/** Where photos are developed: in child processes with bounds, so that one bad photo harms nothing else. */
export function openDarkroom(options: DarkroomOptions): Darkroom {
  const { blobs, log, memoryMib, seconds, concurrency } = options
  const developers = new Developers(concurrency, { memoryMib, seconds, childPath: CHILD })
  return {
    async develop(originalKey, folderKey, signal) {
      const folder = await blobs.temporaryFolder()
      try {
        const result = await developers.develop({ input: blobs.pathOf(originalKey), outDir: folder }, signal)
        if ("refused" in result) return { reason: result.refused }
        if ("failed" in result) throw failure(result)
        await blobs.publishFolder(folder, folderKey)
        return { developed: result.developed }
      } catch (error) {
        log.warn({ err: error, originalKey }, "a photo was not developed")
        throw error
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    widen(most) {
      developers.most = most
    },
    close: () => developers.close(),
  }
}
