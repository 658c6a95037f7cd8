import type { FirstLevel } from "../first-level.ts"
import { createHearing } from "../hearing.ts"
import type { Tracking } from "../tracking.ts"
import type { Scheduler } from "./scheduler.ts"

/** A process' first level and the line by which Redis tells it of changes: in order, late, and lost with the line. */
export interface Line {
  firstLevel: FirstLevel
  tracking: Tracking
  /** Redis sends the name of a key that changed. */
  send(key: string): void
  /** The line ends, with all that is on its way; the process notices later, and opens another one. */
  lose(): Promise<void>
}

export interface LineOptions {
  name: string
  firstLevel: FirstLevel
  prefix: string
  now: () => number
  scheduler: Scheduler
}

export function openLine({ name, firstLevel, prefix, now, scheduler }: LineOptions): Line {
  const { step } = scheduler
  let open = true
  let underWay: (() => void)[] = []
  /** Of the message of this step, which tells of all that it changes. */
  let names: string[] | undefined
  const unanswered = new Set<PromiseWithResolvers<void>>()

  const send = (message: () => void) => {
    if (!open) return
    underWay.push(message)
    void step(`${name} hears`, () => underWay.shift()?.())
  }
  const ping = async () => {
    const answer = Promise.withResolvers<void>()
    unanswered.add(answer)
    void step(`${name} pings`, () => send(answer.resolve))
    await answer.promise
  }
  const hearing = createHearing(firstLevel, { prefix, now, ping })
  const orLose = (work: Promise<void>) => work.catch(() => hearing.lose())
  const refresh = (moment: number) => {
    const refreshing = hearing.refresh(moment)
    if (refreshing) void orLose(refreshing.asked)
  }
  void orLose(hearing.begin())
  return {
    firstLevel,
    tracking: { refresh, close: () => undefined },
    send(key) {
      if (!names) {
        const together = [key]
        send(() => hearing.hear(together))
        names = together
        queueMicrotask(() => {
          names = undefined
        })
      } else names.push(key)
    },
    async lose() {
      await step(`${name} loses its line`, () => {
        open = false
        underWay = []
      })
      await step(`${name} notices`, () => {
        hearing.lose()
        for (const { reject } of unanswered) reject(new Error("the line is lost"))
        unanswered.clear()
      })
      await step(`${name} has a new line`, () => {
        open = true
        void orLose(hearing.begin())
      })
    },
  }
}
