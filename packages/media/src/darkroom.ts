import { rm } from "node:fs/promises"
import type { Logger } from "@tintype/observe"
import type { BlobStore } from "./blob-store.ts"
import { type ChildLimits, DarkroomChild } from "./darkroom-child.ts"
import type { Developed, DevelopReply } from "./develop-messages.ts"

/** A child that has developed this many photos makes room for a fresh one: leaks and fragments go with it. */
const PHOTOS_PER_CHILD = 50
const IDLE_MS = 30_000

export interface DarkroomOptions {
  blobs: BlobStore
  /** Photos at once. */
  concurrency: number
  /** For each child. */
  memoryMib: number
  /** For each photo. */
  seconds: number
  /** The child's program; the sources' own if not given. */
  childPath?: URL
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

/** Children that wait for work: one always, so that a single upload finds a warm one; others leave after a while. */
class Children {
  readonly #limits: ChildLimits
  readonly #idle: { child: DarkroomChild; since: number }[] = []
  readonly #all = new Set<DarkroomChild>()
  readonly #timer: NodeJS.Timeout

  constructor(limits: ChildLimits) {
    this.#limits = limits
    this.#timer = setInterval(() => this.#dismiss(), IDLE_MS / 3)
    this.#timer.unref()
    this.release(this.#hire())
  }

  take(): DarkroomChild {
    for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
      if (entry.child.alive) return entry.child
      this.#all.delete(entry.child)
    }
    return this.#hire()
  }

  release(child: DarkroomChild): void {
    if (!child.alive || child.developed >= PHOTOS_PER_CHILD || child.swollen) {
      this.#discard(child)
      if (this.#all.size === 0) this.release(this.#hire())
      return
    }
    child.rest()
    this.#idle.push({ child, since: Date.now() })
  }

  close(): void {
    clearInterval(this.#timer)
    for (const child of this.#all) child.kill()
  }

  #hire(): DarkroomChild {
    const child = new DarkroomChild(this.#limits)
    this.#all.add(child)
    return child
  }

  #discard(child: DarkroomChild): void {
    child.kill()
    this.#all.delete(child)
  }

  #dismiss(): void {
    while (this.#idle.length > 1) {
      const oldest = this.#idle[0]
      if (!oldest || Date.now() - oldest.since < IDLE_MS) return
      this.#idle.shift()
      this.#discard(oldest.child)
    }
  }
}

/** Lets `most` callers in at once, the others wait in order. */
class Turnstile {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(most: number) {
    this.#free = most
  }

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}

/** Where photos are developed: in child processes with bounds, so that one bad photo harms nothing else. */
export function openDarkroom(options: DarkroomOptions): Darkroom {
  const { blobs, log, memoryMib, seconds } = options
  const childPath = options.childPath ?? new URL("./develop-child.ts", import.meta.url)
  const children = new Children({ memoryMib, seconds, childPath })
  const turnstile = new Turnstile(options.concurrency)

  async function ask(input: string, outDir: string, signal: AbortSignal): Promise<DevelopReply> {
    await turnstile.enter()
    const child = children.take()
    try {
      return await child.develop({ input, outDir }, signal)
    } finally {
      children.release(child)
      turnstile.leave()
    }
  }

  return {
    async develop(originalKey, folderKey, signal) {
      const folder = await blobs.temporaryFolder()
      try {
        const reply = await ask(blobs.pathOf(originalKey), folder, signal)
        if ("refused" in reply) {
          log.info({ originalKey, detail: reply.detail }, "a photo was refused")
          return { reason: reply.refused }
        }
        if ("failed" in reply) throw new Error(`developing failed: ${reply.failed}`)
        await blobs.publishFolder(folder, folderKey)
        return { developed: reply.developed }
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
