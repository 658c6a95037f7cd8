import { createLogger } from "@tintype/observe"
import { enqueue, enqueueAll, openQueue, startWorkers } from "@tintype/queue"
import { benchHandlers, benchJobs, noticeJob, slowJob } from "./catalogue.ts"
import { LATENCY_WARM_UP } from "./compare.ts"
import { percentiles } from "./figures.ts"
import { type JobStores, OWNER } from "./stores.ts"

const log = createLogger("bench", "fatal")
const BATCH = 250

/**
 * From COMMIT to the start of a notice's handler, one by one: while nothing else runs, and behind thousands of jobs of
 * another class that the same process works on.
 */
export async function measureStarts({ db, redisUrl }: JobStores, count: number, backlog: number) {
  const started = new Map<string, number>()
  const workers = startWorkers({
    redisUrl,
    db,
    log,
    jobs: benchJobs,
    handlers: benchHandlers(db, (jobId) => started.set(jobId, performance.now())),
    classes: { media: { concurrency: 2 }, notify: { concurrency: 8 } },
  })
  const queue = openQueue({ redisUrl, log })
  const measure = async (times = count) => {
    const starts: number[] = []
    for (let i = 0; i < times; i++) {
      const job = await db.transaction((tx) => enqueue(tx, noticeJob, OWNER, {}))
      const committed = performance.now()
      await queue.dispatch([job])
      await queue.waitFor(job.id, 5_000, async () => false)
      starts.push((started.get(job.id) ?? Number.NaN) - committed)
    }
    return percentiles(starts)
  }
  await measure(LATENCY_WARM_UP)
  const idle = await measure()
  for (let left = backlog; left > 0; left -= BATCH) {
    const jobs = Array.from({ length: BATCH }, () => ({ job: slowJob, ownerId: OWNER, payload: {} }))
    await queue.dispatch(await db.transaction((tx) => enqueueAll(tx, jobs)))
  }
  const behind = await measure()
  await workers.close(1_000)
  await queue.close()
  return { "nothing else": idle, [`${backlog} photos waiting`]: behind }
}
