import type { WorkerProcess } from "@tintype/contract"
import type { Context } from "../context.ts"
import { Unavailable } from "../errors.ts"
import type { Operator } from "./operator.ts"

/** The processes that take jobs, by name. @throws Unavailable while the queue's Redis is away */
export async function listWorkers({ queue }: Context, _operator: Operator): Promise<WorkerProcess[]> {
  const workers = await queue.listWorkers().catch((cause: unknown) => {
    throw Object.assign(new Unavailable("The queue's Redis is away: nobody knows the workers."), { cause })
  })
  return workers.map(({ name, host, pid, sinceMs, memoryBytes, classes, running, jobs }) => ({
    name,
    host,
    pid,
    since: new Date(sinceMs).toISOString(),
    memory_bytes: memoryBytes,
    classes: classes.map((each) => ({
      name: each.class,
      concurrency: each.concurrency,
      paused: each.paused,
      running: running[each.class] ?? 0,
    })),
    jobs: jobs.map(({ ownerId, startedMs, ...job }) => ({
      ...job,
      owner_id: ownerId,
      started_at: new Date(startedMs).toISOString(),
    })),
  }))
}
