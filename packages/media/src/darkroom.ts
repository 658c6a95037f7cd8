import { rm } from "node:fs/promises"
import { extname } from "node:path"
import type { Logger } from "@tintype/observe"
import { StorageFull } from "./blob-errors.ts"
import type { BlobStore } from "./blob-store.ts"
import { DevelopCrash, NeverBegan } from "./darkroom-child.ts"
import { DarkroomChildren } from "./darkroom-children.ts"
import type { Developed, DevelopRequest, DevelopResult } from "./develop-messages.ts"
import { Turnstile } from "./turnstile.ts"

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
  const children = new DarkroomChildren({ memoryMib, seconds, childPath: CHILD })
  const turnstile = new Turnstile(concurrency)

  async function askOne(request: DevelopRequest, signal: AbortSignal): Promise<DevelopResult> {
    const child = children.take()
    try {
      return await child.develop(request, signal)
    } finally {
      children.release(child)
    }
  }

  /** A child may have died while it waited, which is no photo's fault: others are asked then. */
  async function ask(request: DevelopRequest, signal: AbortSignal): Promise<DevelopResult> {
    await turnstile.enter(signal)
    try {
      for (let left = concurrency; ; left--) {
        try {
          return await askOne(request, signal)
        } catch (error) {
          if (!(error instanceof NeverBegan) || left === 0) throw error
        }
      }
    } finally {
      turnstile.leave()
    }
  }

  return {
    async develop(originalKey, folderKey, signal) {
      const folder = await blobs.temporaryFolder()
      try {
        const result = await ask({ input: blobs.pathOf(originalKey), outDir: folder }, signal)
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
    close: () => children.close(),
  }
}
