import type { Context } from "@tintype/domain"
import { foldLikes } from "@tintype/domain/posts"
import { Bell } from "../bell.ts"

/** Adds up likes, for as long as the process works. */
export interface Counting {
  close(): Promise<void>
}

/** A like is shown to everybody within a second. */
const PAUSE_MS = 400
const AFTER_FAILURE_MS = 1_000

/**
 * It works in its own time and not as a job: likes are many, and each leaves a row behind that says what is to be added,
 * so that nothing is lost with the process, and one look after the other takes all that have come meanwhile.
 */
export function startCounting(ctx: Context): Counting {
  const ended = new AbortController()
  const bell = new Bell()

  async function work(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        await foldLikes(ctx, ended.signal)
        await bell.wait(PAUSE_MS)
      } catch (error) {
        ctx.log.warn({ err: error }, "likes were not added up")
        await bell.wait(AFTER_FAILURE_MS)
      }
    }
  }
  const working = work()
  return {
    async close() {
      ended.abort()
      bell.ring()
      await working
    },
  }
}
