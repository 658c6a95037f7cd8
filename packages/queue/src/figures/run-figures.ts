import type { RunState } from "@tintype/db"
import { LONG_SECONDS, Timings } from "@tintype/observe"
import type { JobClass } from "../job-class.ts"

/** What became of the runs of a class in this process. */
export class ClassFigures {
  running = 0
  /** From when a job could begin until it did. */
  readonly waits = new Timings(LONG_SECONDS)
  readonly runs = new Timings(LONG_SECONDS)
}

/** The runs of one process since it began. */
export class RunFigures {
  readonly classes = new Map<JobClass, ClassFigures>()
  /** By the job's name, then by how they ended. */
  readonly jobs = new Map<string, Map<RunState, number>>()

  of(jobClass: JobClass): ClassFigures {
    const known = this.classes.get(jobClass)
    if (known) return known
    const figures = new ClassFigures()
    this.classes.set(jobClass, figures)
    return figures
  }

  ended(name: string, state: RunState): void {
    const states = this.jobs.get(name) ?? new Map<RunState, number>()
    this.jobs.set(name, states.set(state, (states.get(state) ?? 0) + 1))
  }
}
