import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import { createBeginnings } from "./beginnings.ts"
import type { JobRunner } from "./begun.ts"
import { type Classes, startConsumers } from "./consumers.ts"
import { createProcessor } from "./deliveries.ts"
import { RunFigures } from "./figures/run-figures.ts"
import type { Catalogue, DeathHooks, Exactly, Handlers } from "./handlers.ts"
import { createHistory, noHistory } from "./history.ts"
import { startHousekeeping } from "./housekeeping.ts"
import type { JobClass } from "./job-class.ts"
import { MOST_TOLD, type RunningJob } from "./presence.ts"
import { describeProcess } from "./process-name.ts"
import { createRateGate } from "./rate-gate.ts"
import { DEFAULT_PREFIX, openPatientRedis, openPromptRedis, queueKeys } from "./redis.ts"
import { createRunWatch } from "./run-watch.ts"
import type { Schedule } from "./schedules/define-schedule.ts"
import { createSolitude } from "./solitude.ts"
import { createFinishTeller } from "./tell-finished.ts"
import { settledWithin } from "./within.ts"

/** How long tidying up may take when no job runs any more. */
const TIDY_MS = 500

/** What changes of a process. */
const told = (jobs: readonly RunningJob[]) => ({
  memoryBytes: process.memoryUsage.rss(),
  running: Object.fromEntries(
    [...Map.groupBy(jobs, (job) => job.class)].map(([jobClass, group]) => [jobClass, group.length]),
  ),
  jobs: jobs.slice(0, MOST_TOLD),
})

export interface WorkersOptions<C extends Catalogue, H> {
  redisUrl: string
  db: Db
  /** Every job there is, also of classes that this process does not work on: it sends them if nobody else did. */
  jobs: C
  /** One for each job, and nothing else. */
  handlers: H & Exactly<Handlers<C>, H>
  onDead?: DeathHooks<C>
  /** What is started at certain times, by one of all processes. */
  schedules?: readonly Schedule[]
  /** The classes that this process works on, and how many jobs of each at once. */
  classes: Classes
  /** Told how many jobs of a class there may be at once: an operator may change it while this process runs. */
  onConcurrency?: (jobClass: JobClass, concurrency: number) => void
  log: Logger
  /** Begins every key in Redis. */
  prefix?: string
  /** Whether it is written down how each run ended: yes, unless told otherwise. */
  keepsHistory?: boolean
}

export interface Workers {
  /** What the runs of this process came to. */
  readonly figures: RunFigures
  /**
   * Takes no more jobs and lets the running ones end. Two seconds before the limit it aborts those that have not and
   * gives them back, to be run by others at once.
   *
   * @param limitMs the longest that this may take
   */
  close(limitMs: number): Promise<void>
}

type Untyped<F> = Readonly<Record<string, F | undefined>>

function runnersOf<C extends Catalogue, H>(options: WorkersOptions<C, H>): Map<string, JobRunner> {
  // The option's type ties each name to its payload, which a look-up by name cannot. Payloads are checked at each run.
  const handlers = options.handlers as Untyped<JobRunner["handler"]>
  const hooks = (options.onDead ?? {}) as Untyped<NonNullable<JobRunner["onDead"]>>
  const runners = new Map<string, JobRunner>()
  for (const job of options.jobs) {
    const handler = handlers[job.name]
    if (!handler) throw new Error(`the job ${job.name} has no handler`)
    if (runners.has(job.name)) throw new Error(`two jobs are called ${job.name}`)
    runners.set(job.name, { job, handler, onDead: hooks[job.name] })
  }
  return runners
}

/**
 * Works on jobs until closed. Returns at once: without Redis or Postgres it waits for them, and no job is lost
 * meanwhile.
 *
 * @throws Error when two jobs have one name
 */
export function startWorkers<const C extends Catalogue, H>(options: WorkersOptions<C, H>): Workers {
  const { redisUrl, db, classes, log, prefix = DEFAULT_PREFIX, keepsHistory = true, schedules = [] } = options
  const runners = runnersOf(options)
  const keys = queueKeys(prefix)
  const closing = new AbortController()
  const closed = new AbortController()
  const prompt = openPromptRedis(redisUrl, log)
  const patient = openPatientRedis(redisUrl, log, closed.signal)
  const self = describeProcess()
  const watch = createRunWatch()
  const figures = new RunFigures()
  const history = keepsHistory ? createHistory(db, log) : noHistory
  const processor = createProcessor({
    db,
    log,
    worker: self.name,
    history,
    figures,
    watch,
    runners,
    onFinished: createFinishTeller(prompt, keys, log),
    solitude: createSolitude(),
    begin: createBeginnings(db, self.name),
    rateGate: createRateGate(prompt, keys),
    closing: closing.signal,
    isPaused: (queue) => consumers.isPaused(queue),
  })
  const consumers = startConsumers({ redis: patient, prefix, classes, processor, log })
  const catalogue = new Map(options.jobs.map((job) => [job.name, job]))
  const housekeeping = startHousekeeping({
    redis: prompt,
    keys,
    prefix,
    db,
    catalogue,
    schedules,
    watch,
    consumers,
    onConcurrency: options.onConcurrency,
    describe: () => ({ ...self, ...told(watch.list()), classes: consumers.describe() }),
    log,
  })
  return {
    figures,
    async close(limitMs) {
      const stopping = housekeeping.stop()
      await consumers.close(limitMs, () => closing.abort())
      await Promise.all([settledWithin(TIDY_MS, stopping), history.close(TIDY_MS)])
      closed.abort()
      patient.disconnect()
      prompt.disconnect()
    },
  }
}
