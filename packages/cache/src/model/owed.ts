import type { Cache } from "../cache.ts"
import type { Scheduler } from "./scheduler.ts"

/** What the processes around the cache do when Redis does not answer. The model test has some of it done wrongly. */
export interface Habits {
  /** A writer that could not mark, or not publish, commits the key's name. */
  records: boolean
  /** A writer waits until that is known everywhere. */
  waits: boolean
  /** What a process knows of it goes out of date. */
  lapses: boolean
  /** A writer waits until no process answers by itself what was there before. */
  outlasts: boolean
}

export const GOOD_HABITS: Habits = { records: true, waits: true, lapses: true, outlasts: true }

/** The database's table of keys that Redis could not be told of, and the job that each of them has. */
export class Owed {
  readonly #scheduler: Scheduler
  readonly #habits: Habits
  readonly #debts = new Map<number, string>()
  readonly #jobs: Promise<void>[] = []
  #ids = 0

  constructor(scheduler: Scheduler, habits: Habits) {
    this.#scheduler = scheduler
    this.#habits = habits
  }

  get keys(): string[] {
    return [...this.#debts.values()]
  }

  /** Within the step that commits it. `worker`: who runs its job. */
  add(key: string, worker: () => Cache): void {
    if (!this.#habits.records) return
    this.#ids += 1
    this.#debts.set(this.#ids, key)
    this.#jobs.push(this.#repair(key, worker()))
  }

  async #repair(key: string, worker: Cache): Promise<void> {
    const { step } = this.#scheduler
    const ids = () => [...this.#debts].flatMap(([id, each]) => (each === key ? [id] : []))
    for (;;) {
      const seen = await step("job looks", ids)
      try {
        await worker.forget([key])
      } catch {
        continue
      }
      return step("job takes out", () => {
        for (const id of seen) this.#debts.delete(id)
      })
    }
  }

  /** Resolves when all jobs have run. */
  async idle(): Promise<void> {
    for (let done = -1; done < this.#jobs.length; ) {
      done = this.#jobs.length
      await Promise.all(this.#jobs)
    }
  }
}
