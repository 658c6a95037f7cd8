import { FIRST_LEVEL_MS, type FirstLevel } from "./first-level.ts"

/** The writers' marks lie beside the value and end so: a write touches them, be the value there or not. */
const MARKS = ":w"

/** What a process makes of what Redis tells it of changes, whatever the line that it is told by. */
export interface Hearing {
  /** All changes from now on are told by a new line. Resolves when the first level may answer. */
  begin(): Promise<void>
  /**
   * Makes sure that what was heard is all there is to hear, unless that is just being done or was a short while ago.
   *
   * @param moment by the clock that is given
   * @returns whether it was asked for: `asked` resolves or rejects as `ping` does
   */
  refresh(moment: number): { asked: Promise<void> } | undefined
  /** What changed; undefined for everything. */
  hear(names: readonly string[] | undefined): void
  /** The line is lost, with what was on its way. */
  lose(): void
}

export interface HearingOptions {
  /** Stands before every name. */
  prefix: string
  now: () => number
  /** Resolves by an answer on the line, which comes after the names of all that changed before it was given. */
  ping: () => Promise<unknown>
}

export function createHearing(firstLevel: FirstLevel, { prefix, now, ping }: HearingOptions): Hearing {
  let line: object | undefined
  let asking = false
  let askedAt = Number.NEGATIVE_INFINITY

  const ask = async () => {
    const [asked, by] = [now(), line]
    askedAt = asked
    await ping()
    // What was heard counts from when it was asked for, and an answer by an earlier line says nothing of this one.
    if (by && by === line) firstLevel.heardUntil(asked)
  }
  return {
    begin() {
      // What was asked for before may have changed since, and nobody told.
      firstLevel.flush()
      line = {}
      return ask()
    },
    refresh(moment) {
      if (!line || asking || moment < askedAt + FIRST_LEVEL_MS / 2) return undefined
      asking = true
      const asked = ask().finally(() => {
        asking = false
      })
      return { asked }
    },
    hear(names) {
      if (!names) return firstLevel.flush()
      for (const name of names) {
        const key = name.slice(prefix.length)
        firstLevel.drop(key.endsWith(MARKS) ? key.slice(0, -MARKS.length) : key)
      }
    },
    lose() {
      line = undefined
      firstLevel.flush()
    },
  }
}
