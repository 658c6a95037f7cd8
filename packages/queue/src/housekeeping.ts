import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import type { Redis } from "ioredis"
import type { Consumers } from "./consumers.ts"
import { createAttendance } from "./control/attendance.ts"
import { readClassSettings } from "./control/class-settings.ts"
import type { Job } from "./define-job.ts"
import { createEpoch } from "./epoch.ts"
import { errorText } from "./errors.ts"
import { measureMinutes } from "./figures/minutes.ts"
import type { JobClass } from "./job-class.ts"
import { createLineHeads } from "./line-heads.ts"
import { createCensus, createPresence, type WorkerProcess } from "./presence.ts"
import type { QueueKeys } from "./redis.ts"
import { repeat } from "./repeat.ts"
import type { RunWatch } from "./run-watch.ts"
import type { Schedule } from "./schedules/define-schedule.ts"
import { createTimekeeper } from "./schedules/timekeeper.ts"
import { createSender } from "./sender.ts"
import { revive, sweep } from "./sweep.ts"

const TICK_MS = 1_000
const REVIVE_MS = 15_000
const ATTENDANCE_MS = 5_000
const MEASURE_MS = 10_000

export interface HousekeepingOptions {
  redis: Redis
  keys: QueueKeys
  prefix: string
  db: Db
  catalogue: ReadonlyMap<string, Job>
  schedules: readonly Schedule[]
  watch: RunWatch
  consumers: Pick<Consumers, "obey">
  /** Told how many jobs of a class there may be at once, whenever that is looked at. */
  onConcurrency?: ((jobClass: JobClass, concurrency: number) => void) | undefined
  describe: () => WorkerProcess
  log: Logger
}

/** Does what an operator told the classes. */
async function obey({ db, consumers, onConcurrency }: HousekeepingOptions): Promise<void> {
  const concurrency = await consumers.obey(await readClassSettings(db))
  for (const [jobClass, most] of concurrency) onConcurrency?.(jobClass, most)
}

/**
 * What every worker process does beside its jobs, about once a second: say that it is there and what it does, do as its
 * classes are told, and sweep the outbox.
 */
export function startHousekeeping(options: HousekeepingOptions) {
  const { redis, keys, prefix, db, catalogue, schedules, watch, log } = options
  const { describe } = options
  const presence = createPresence(redis, keys, describe)
  const { list: listWorkers } = createCensus(redis, keys)
  const attendance = createAttendance({ db, worker: describe().name, listWorkers, log })
  const sender = createSender(redis, prefix, log)
  const epoch = createEpoch(db, redis, keys)
  const heads = createLineHeads(redis, prefix)
  const whenReady = (task: () => Promise<void>) => async () => {
    if (redis.status === "ready") await task()
  }
  const beating = repeat("presence", TICK_MS, log, whenReady(presence.beat))
  let isBack = false
  const sweepAll = async () => {
    const wasAway = isBack
    isBack = false
    try {
      await sweep({ db, sender, epoch, heads, catalogue, log, isBack: wasAway })
    } catch (error) {
      isBack ||= wasAway
      throw error
    }
  }
  const sweeping = repeat("sweep", TICK_MS, log, whenReady(sweepAll))
  const reviving = repeat("revive", REVIVE_MS, log, () => revive({ db, catalogue, log }))
  const watching = repeat("watch", TICK_MS, log, () => watch.look(db))
  const obeying = repeat("control", TICK_MS, log, () => obey(options))
  const attending = repeat("attendance", ATTENDANCE_MS, log, whenReady(attendance.look))
  const measuring = repeat("minutes", MEASURE_MS, log, async () => void (await measureMinutes(db)))
  const timekeeper = createTimekeeper({ db, schedules, sender, log })
  const timekeeping = repeat("schedules", TICK_MS, log, timekeeper.tick)
  redis.on("ready", () => {
    isBack = true
    beating.hurry()
    sweeping.hurry()
  })
  return {
    async stop(): Promise<void> {
      await Promise.all(
        [beating, sweeping, reviving, watching, timekeeping, obeying, attending, measuring].map((each) =>
          each.stop(),
        ),
      )
      if (redis.status !== "ready") return
      await presence.leave().catch((error) => log.debug({ error: errorText(error) }, "could not sign off"))
      await sender.close()
    },
  }
}
