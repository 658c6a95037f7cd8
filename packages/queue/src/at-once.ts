import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import { readClassSettings } from "./control/class-settings.ts"
import { endUnbegun } from "./end-unbegun.ts"
import type { QueuedJob } from "./enqueue.ts"
import { errorText } from "./errors.ts"
import type { Catalogue, Handler, Run } from "./handlers.ts"
import { createHistory } from "./history.ts"
import type { JobClass } from "./job-class.ts"
import type { Queue } from "./open-queue.ts"
import { describeProcess } from "./process-name.ts"
import { settledWithin, within } from "./within.ts"

/** Longer than this nobody waits for what is done at once: workers do it then. */
const LONGEST_MS = 500
/** Ends are written together; a row is sent to the workers when it is two seconds old. */
const FLUSH_MS = 100
const MOST_HELD = 1_000
/** How old what an operator told the classes may be, and after how long it is read again. */
const FRESH_MS = 2_000
const LOOK_MS = 1_000

type Told<H> = H extends (payload: infer P, run: Run) => Promise<void>
  ? (payload: P, run: Pick<Run, "ownerId">) => Promise<void>
  : never

/** Handlers of some of the jobs: short ones that may as well be done where they were committed. */
export type AtOnceHandlers<C extends Catalogue> = {
  readonly [Name in C[number]["name"]]?: Told<Handler<Extract<C[number], { readonly name: Name }>>>
}

export interface AtOnceOptions<C extends Catalogue> {
  queue: Queue
  db: Db
  jobs: C
  handlers: AtOnceHandlers<C>
  log: Logger
}

interface Done {
  job: QueuedJob
  tookMs: number
  endedAt: number
}

/** Whether an operator lets a class run. As long as that is not known, it is left to the workers, who know. */
function watchClasses(db: Db, log: Logger): (jobClass: JobClass) => boolean {
  let running: ReadonlySet<JobClass> = new Set()
  let knownAt = Number.NEGATIVE_INFINITY
  let isLooking = false
  async function look(): Promise<void> {
    const at = performance.now()
    try {
      const settings = await readClassSettings(db)
      running = new Set([...settings].filter(([, { state }]) => state !== "paused").map(([each]) => each))
      knownAt = at
    } catch (error) {
      log.debug({ error: errorText(error) }, "it is not known which classes are paused")
    } finally {
      isLooking = false
    }
  }
  return (jobClass) => {
    const age = performance.now() - knownAt
    if (age > LOOK_MS && !isLooking) {
      isLooking = true
      void look()
    }
    return age < FRESH_MS && running.has(jobClass)
  }
}

/** Writes the ends of jobs, and their history, some at a time. What it cannot write is sent to the workers by a sweeper. */
function createEnds({ db, log }: Pick<AtOnceOptions<Catalogue>, "db" | "log">) {
  const history = createHistory(db, log)
  const worker = describeProcess().name
  let held: Done[] = []
  let timer: NodeJS.Timeout | undefined
  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = new Map(held.map((done) => [done.job.id, done]))
    held = []
    if (batch.size === 0) return
    try {
      const ended = await endUnbegun(
        db,
        [...batch.values()].map(({ job }) => job),
      )
      for (const { id, traceId, createdMs, nowMs } of ended) {
        const done = batch.get(id)
        if (!done) continue
        const { job, tookMs, endedAt } = done
        const finishedMs = nowMs - (performance.now() - endedAt)
        const about = { jobId: id, ownerId: job.ownerId, name: job.name, class: job.class, traceId, worker }
        const times = { queuedMs: createdMs, dueMs: createdMs, startedMs: finishedMs - tookMs, finishedMs }
        history.record({ ...about, ...times, attempt: 1, state: "done", error: null })
      }
    } catch (error) {
      log.debug({ error: errorText(error) }, "the ends of jobs are left to the workers")
    }
  }
  return {
    note(done: Done): void {
      if (held.length < MOST_HELD) held.push(done)
      timer ??= setTimeout(() => void flush(), FLUSH_MS)
    },
    async close(ms: number): Promise<void> {
      const end = performance.now() + ms
      await settledWithin(ms, flush())
      await history.close(Math.max(0, end - performance.now()))
    },
  }
}

/**
 * A queue that does some jobs right after COMMIT, in the process that committed them, instead of telling the workers. What
 * fails, takes too long or belongs to a paused class goes to them, and so does what a process that dies leaves behind: the
 * row stands until the job is done.
 */
export function doAtOnce<const C extends Catalogue>(options: AtOnceOptions<C>) {
  const { queue, db, log } = options
  // The option's type ties each name to its payload, which a look-up by name cannot: payloads are checked when enqueued.
  type Untyped = Readonly<
    Record<string, ((payload: unknown, run: Pick<Run, "ownerId">) => Promise<void>) | undefined>
  >
  const handlers = options.handlers as Untyped
  const mayRun = watchClasses(db, log)
  const ends = createEnds({ db, log })

  async function tryOne(job: QueuedJob, handle: NonNullable<Untyped[string]>): Promise<void> {
    const began = performance.now()
    try {
      await within(LONGEST_MS, handle(job.payload, { ownerId: job.ownerId }))
    } catch (error) {
      log.debug({ job: job.name, jobId: job.id, error: errorText(error) }, "left to the workers")
      return queue.dispatch([job])
    }
    const endedAt = performance.now()
    ends.note({ job, tookMs: endedAt - began, endedAt })
  }
  /** What does the job here and now, if anything does. */
  const handlerOf = ({ name, class: jobClass, payload, delayMs, joined }: QueuedJob) => {
    const handle = handlers[name]
    return handle && payload !== undefined && !delayMs && !joined && mayRun(jobClass) ? handle : undefined
  }
  return {
    queue: {
      ...queue,
      async dispatch(jobs: readonly QueuedJob[]) {
        const trying: Promise<void>[] = []
        const others: QueuedJob[] = []
        for (const job of jobs) {
          const handle = handlerOf(job)
          if (handle) trying.push(tryOne(job, handle))
          else others.push(job)
        }
        await Promise.all([...trying, others.length > 0 ? queue.dispatch(others) : undefined])
      },
    } satisfies Queue,
    close: ends.close,
  }
}
