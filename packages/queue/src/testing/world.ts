import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openDatabase, outbox } from "@tintype/db"
import { startRedis } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { test as base } from "@tintype/testkit"
import { eq, sql } from "drizzle-orm"
import { onTestFinished } from "vitest"
import type { Classes } from "../consumers.ts"
import type { Job, PayloadOf } from "../define-job.ts"
import { enqueue, type QueuedJob } from "../enqueue.ts"
import type { DeathHooks } from "../handlers.ts"
import { openQueue, type Queue } from "../open-queue.ts"
import type { Schedule } from "../schedules/define-schedule.ts"
import { startWorkers, type Workers } from "../start-workers.ts"
import { ALICE, createEffects, testHandlers, testJobs } from "./jobs.ts"

const log = createLogger("test", "fatal")

function createWorld(url: string) {
  const { db, close } = openDatabase({ url, poolSize: 10 })
  return {
    db,
    close,
    /** Writes a job and commits; nobody is told of it yet. */
    commit: <J extends Job>(job: J, payload: PayloadOf<J>, delayMs = 0): Promise<QueuedJob> =>
      db.transaction((tx) => enqueue(tx, job, ALICE, payload, delayMs)),
    /** Numbers of the runs that had the job's effect. */
    async effects(job: QueuedJob): Promise<number[]> {
      const rows = await db.execute<{ attempt: number }>(
        sql`select attempt from effects where job_id = ${job.id}`,
      )
      return rows.map(({ attempt }) => attempt)
    },
    async row(job: QueuedJob): Promise<typeof outbox.$inferSelect | undefined> {
      const [row] = await db.select().from(outbox).where(eq(outbox.id, job.id))
      return row
    },
    /** As if the queue had been told of the job long ago. */
    putOff: (job: QueuedJob) =>
      db.update(outbox).set({ resendAt: sql`now() + interval '5 minutes'` }).where(eq(outbox.id, job.id)),
  }
}

export type World = ReturnType<typeof createWorld>

/** A database with a table for the effects of the test jobs, and a Redis of the file's own, to be stopped and wiped. */
export const test = base
  .extend("world", { scope: "file" }, async ({ database }, { onCleanup }): Promise<World> => {
    const world = createWorld(database.url)
    await createEffects(world.db)
    onCleanup(() => world.close())
    return world
  })
  .extend("ownRedis", { scope: "file" }, async ({ redis }, { onCleanup }) => {
    const dir = mkdtempSync(join(tmpdir(), "tintype-queue-"))
    let server = await startRedis({ dir, kind: "queue" })
    const { port, url } = server
    onCleanup(async () => {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    })
    return {
      address: { queueUrl: url, prefix: redis.prefix },
      signal: (signal: NodeJS.Signals) => process.kill(server.pid, signal),
      stop: () => server.stop(),
      async start() {
        server = await startRedis({ dir, port, kind: "queue" })
      },
    }
  })

export interface QueueAddress {
  queueUrl: string
  prefix: string
}

/** The producer's side, closed when the test ends. */
export function openTestQueue({ queueUrl, prefix }: QueueAddress): Queue {
  const queue = openQueue({ redisUrl: queueUrl, prefix, log })
  onTestFinished(() => queue.close())
  return queue
}

const CLASSES: Classes = { media: { concurrency: 2 }, feed: { concurrency: 5 }, notify: { concurrency: 5 } }

/** Workers in this process, closed when the test ends. */
export function startTestWorkers(
  world: World,
  { queueUrl, prefix }: QueueAddress,
  onDead: DeathHooks<typeof testJobs> = {},
  classes: Classes = CLASSES,
  schedules: readonly Schedule[] = [],
): Workers {
  const workers = startWorkers({
    redisUrl: queueUrl,
    prefix,
    db: world.db,
    jobs: testJobs,
    handlers: testHandlers(world.db),
    onDead,
    classes,
    schedules,
    log,
  })
  onTestFinished(() => workers.close(1_000))
  return workers
}
