import type { Db } from "@tintype/db"
import { enqueue, type Queue, type QueuedJob } from "@tintype/queue"
import type { Random } from "../random.ts"
import { flakyJob, OWNER, plainJob, serialJob, slowJob } from "../system/jobs.ts"
import { type Claims, count } from "./claims.ts"

/** Writes a job as an operation does: in a transaction, dispatched after COMMIT. Who is told of the COMMIT may rely on it. */
export async function produceJob(db: Db, queue: Queue, random: Random, claims: Claims): Promise<void> {
  const kind = random.between(0, 9)
  const write = (tx: Db): Promise<QueuedJob> => {
    if (kind < 4) return enqueue(tx, plainJob, OWNER, {})
    if (kind < 6) return enqueue(tx, flakyJob, OWNER, { failures: random.between(0, 2) })
    if (kind < 8) return enqueue(tx, serialJob, OWNER, { key: `key ${random.between(0, 19)}` })
    return enqueue(tx, slowJob, OWNER, { ms: random.between(50, 500) })
  }
  try {
    const job = await db.transaction(write)
    claims.jobs.set(job.id, job.name)
    count(claims, "jobs")
    await queue.dispatch([job])
  } catch {
    count(claims, "jobs not acknowledged")
  }
}
