import type { JobMinutes, JobClass as View } from "@tintype/contract"
import {
  type ClassChange,
  type ClassDepth,
  type ClassSettings,
  changeClass as change,
  type JobClass,
  readClassDepths,
  readClassSettings,
  readMinutes,
  type WorkerProcess,
} from "@tintype/queue"
import type { Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import type { Operator } from "./operator.ts"

/** A class waits this long for a worker that is just being replaced. */
const ALONE_SECONDS = 5

function presentClass(
  depth: ClassDepth,
  settings: ClassSettings | undefined,
  workers: readonly WorkerProcess[],
): View {
  const own = workers.flatMap(({ classes }) => classes.filter((each) => each.class === depth.class))
  return {
    name: depth.class,
    state: settings?.state ?? "running",
    concurrency: settings?.concurrency ?? null,
    waiting: depth.waiting,
    delayed: depth.delayed,
    running: workers.reduce((sum, { running }) => sum + (running[depth.class] ?? 0), 0),
    oldest_seconds: depth.oldestSeconds,
    dead: depth.dead,
    processes: own.length,
    slots: own.reduce((sum, { concurrency }) => sum + concurrency, 0),
    unattended: own.length === 0 && (depth.oldestSeconds ?? 0) > ALONE_SECONDS,
  }
}

/** Every class. Of workers nothing is known while the queue's Redis is away. */
export async function listJobClasses({ db, queue }: Context, _operator: Operator): Promise<View[]> {
  const [depths, settings, workers] = await Promise.all([
    readClassDepths(db),
    readClassSettings(db),
    queue.listWorkers().catch(() => []),
  ])
  return depths.map((depth) => presentClass(depth, settings.get(depth.class), workers))
}

/** Tells a class what to do from now on. @throws Invalid for a number that makes no sense */
export async function changeJobClass(
  ctx: Context,
  operator: Operator,
  input: { class: JobClass; change: ClassChange },
): Promise<View> {
  try {
    await change(ctx.db, operator.accountId, input.class, input.change)
  } catch (error) {
    if (error instanceof RangeError) throw new Invalid(`Validation failed: ${error.message}`)
    throw error
  }
  const view = (await listJobClasses(ctx, operator)).find(({ name }) => name === input.class)
  if (!view) throw new NotFound()
  return view
}

/** How classes did over the last hours, in sixty steps. */
export async function listJobMinutes(
  { db }: Context,
  _operator: Operator,
  wanted: { class?: JobClass; hours: number },
): Promise<JobMinutes[]> {
  const minutes = await readMinutes(db, { ...wanted, step: wanted.hours })
  return minutes.map(({ at, waitMs, runMs, ...rest }) => ({
    ...rest,
    at: at.toISOString(),
    wait_ms: waitMs,
    run_ms: runMs,
  }))
}
