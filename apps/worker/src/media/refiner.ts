import { setTimeout as sleep } from "node:timers/promises"
import type { Context } from "@tintype/domain"
import { refinePhoto } from "@tintype/domain/media"
import type { Darkroom } from "@tintype/media"
import { Bell } from "../bell.ts"
import { watchMachine } from "./quiet-machine.ts"

/** Makes the AVIF of developed photos, one after the other, while there is nothing better to do. */
export interface Refiner {
  /** A photo was developed just now. */
  hurry(): void
  close(): Promise<void>
}

/** How long the machine is watched before a photo is begun. */
const WATCH_MS = 250
/** As long as that while it stays busy: to look costs time itself, which is what is lacking then. */
const LONGEST_WATCH_MS = 2_000
/** Photos that other processes left, or that were put off, are looked for so often. */
const LOOK_MS = 60_000
const AFTER_FAILURE_MS = 1_000

/**
 * It works in its own time and not as a job: what is to be done stands in the photos' rows, so that nothing is lost with
 * the process, and under load, when all of it is put off, a photo costs no more than the column that says so.
 */
export function startRefiner(ctx: Context, darkroom: Darkroom, isQuiet = watchMachine()): Refiner {
  const ended = new AbortController()
  const bell = new Bell()

  /** As many as there are, as long as the machine is quiet. */
  async function refine(): Promise<void> {
    let watchMs = WATCH_MS
    do {
      await sleep(watchMs)
      if (ended.signal.aborted) return
      watchMs = Math.min(watchMs * 2, LONGEST_WATCH_MS)
    } while (!isQuiet())
    while (await refinePhoto(ctx, darkroom, ended.signal)) if (!isQuiet()) return bell.ring()
  }

  async function work(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        await refine()
        await bell.wait(LOOK_MS)
      } catch (error) {
        if (ended.signal.aborted) return
        ctx.log.warn({ err: error }, "a photo was not refined")
        await sleep(AFTER_FAILURE_MS)
      }
    }
  }
  const working = work()
  return {
    hurry: () => bell.ring(),
    async close() {
      ended.abort()
      bell.ring()
      await working
    },
  }
}
