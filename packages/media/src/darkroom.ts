import { rm } from "node:fs/promises"
import { extname } from "node:path"
import type { Logger } from "@tintype/observe"
import { StorageFull } from "./blob-errors.ts"
import type { BlobStore } from "./blob-store.ts"
import { DevelopCrash } from "./darkroom-child.ts"
import type { Developed, DevelopResult } from "./develop-messages.ts"
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
  /**
   * Adds the AVIF to the renditions of a photo that was developed; one photo at a time, behind all else that this
   * machine does.
   *
   * @returns false when there are no renditions any more
   * @throws as `develop`, and when the original is refused
   */
  refine(originalKey: string, folderKey: string, signal: AbortSignal): Promise<boolean>
  /** From now on so many photos at once. */
  widen(concurrency: number): void
  /** Ends the children. */
  close(): void
}

/** Beside this file, a source as this one is or bundled as this one is. */
const CHILD = new URL(`./develop-child${extname(import.meta.url)}`, import.meta.url)

/** Beside what answers members, developing gets a third of a core that both want, and AVIF a tenth. */
const NICENESS = { develop: 5, refine: 10 } as const
/** So much longer may AVIF take on a machine that is busy. */
const PATIENCE = 3

function failure(result: DevelopResult): Error {
  if (!("failed" in result)) return new Error("refused" in result ? result.refused : "not what was asked for")
  const { failed, code } = result
  if (code === "ENOMEM") return new DevelopCrash("memory", failed)
  if (code === "ENOSPC" || code === "EDQUOT") return new StorageFull("the blob store is full")
  return new Error(`developing failed: ${failed}`)
}

/** Where photos are developed: in child processes with bounds, so that one bad photo harms nothing else. */
export function openDarkroom(options: DarkroomOptions): Darkroom {
  const { blobs, log, memoryMib, seconds, concurrency } = options
  const limits = { memoryMib, seconds, childPath: CHILD }
  const developers = new Developers(concurrency, { ...limits, niceness: NICENESS.develop }, 1)
  const refiners = new Developers(1, { ...limits, seconds: seconds * PATIENCE, niceness: NICENESS.refine }, 0)

  /** Lends an empty folder. What goes wrong is told to the log as well. */
  async function inFolder<T>(originalKey: string, work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await blobs.temporaryFolder()
    try {
      return await work(folder)
    } catch (error) {
      log.warn({ err: error, originalKey }, "a photo was not developed")
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return {
    develop: (originalKey, folderKey, signal) =>
      inFolder(originalKey, async (outDir) => {
        const request = { input: blobs.pathOf(originalKey), outDir, form: "jpeg" } as const
        const result = await developers.develop(request, signal)
        if ("refused" in result) return { reason: result.refused }
        if (!("developed" in result)) throw failure(result)
        await blobs.publishFolder(outDir, folderKey)
        return { developed: result.developed }
      }),
    refine: (originalKey, folderKey, signal) =>
      inFolder(originalKey, async (outDir) => {
        const request = { input: blobs.pathOf(originalKey), outDir, form: "avif" } as const
        const result = await refiners.develop(request, signal)
        if (!("refined" in result)) throw failure(result)
        return blobs.addToFolder(outDir, folderKey)
      }),
    widen(most) {
      developers.most = most
    },
    close() {
      developers.close()
      refiners.close()
    },
  }
}
