import { type Db, outbox, parseId } from "@tintype/db"
import { DelayedError, type Job as Delivered, UnrecoverableError, WaitingError } from "bullmq"
import { and, eq, isNull, sql } from "drizzle-orm"
import { Type } from "typebox"
import { Compile } from "typebox/compile"
import { errorText } from "./errors.ts"
import { bury, type JobKey } from "./ledger.ts"
import { type JobRunner, type Outcome, type RunnerOptions, runJob } from "./run-job.ts"

/** How long a job waits for a worker that knows it, each time and in all: a newer release may have enqueued it. */
const UNKNOWN_MS = 10_000
const UNKNOWN_FOR = sql`interval '1 day'`

export interface DeliveryOptions extends RunnerOptions {
  runners: ReadonlyMap<string, JobRunner>
  /** Told of every job that is done or dead. */
  onFinished: (jobId: string) => void
}

const Data = Compile(Type.Object({ ownerId: Type.String() }))

function keyOf({ id, data }: Delivered): JobKey | undefined {
  const ownerId = Data.Check(data) ? parseId<"account">(data.ownerId) : null
  return id && ownerId ? { ownerId, id } : undefined
}

async function postponeUnknown(db: Db, key: JobKey, name: string): Promise<Outcome> {
  const old = sql<boolean>`${outbox.createdAt} < now() - ${UNKNOWN_FOR}`
  const [row] = await db
    .select({ attempts: outbox.attempts, old })
    .from(outbox)
    .where(and(eq(outbox.ownerId, key.ownerId), eq(outbox.id, key.id), isNull(outbox.deadAt)))
  if (!row) return { kind: "void" }
  if (!row.old) return { kind: "later", delayMs: UNKNOWN_MS }
  const error = `no worker knows the job ${name}`
  await bury(db, key, row.attempts, error)
  return { kind: "dead", error }
}

async function settle(options: DeliveryOptions, delivered: Delivered): Promise<Outcome> {
  const key = keyOf(delivered)
  const { db, log, runners } = options
  if (!key) return { kind: "dead", error: "not a job of ours" }
  const runner = runners.get(delivered.name)
  try {
    if (runner) return await runJob(options, runner, key)
    log.warn({ job: delivered.name, jobId: key.id }, "no handler for this job here")
    return await postponeUnknown(db, key, delivered.name)
  } catch (error) {
    log.warn(
      { job: delivered.name, jobId: key.id, error: errorText(error) },
      "delivery failed, will be repeated",
    )
    return { kind: "later", delayMs: 1_000 + Math.random() * 2_000 }
  }
}

async function toDelayed(delivered: Delivered, token: string | undefined, delayMs: number): Promise<never> {
  await delivered.moveToDelayed(Date.now() + delayMs, token)
  throw new DelayedError()
}

async function toWait(delivered: Delivered, token: string | undefined): Promise<never> {
  await delivered.moveToWait(token)
  throw new WaitingError()
}

/**
 * What BullMQ calls for each job it delivers. It knows nothing of attempts or failures: a delivery ends by being over,
 * put off or given back.
 */
export function createProcessor(options: DeliveryOptions) {
  return async (delivered: Delivered, token?: string): Promise<void> => {
    const outcome = await settle(options, delivered)
    if (outcome.kind === "done" || outcome.kind === "dead") options.onFinished(delivered.id ?? "")
    if (outcome.kind === "dead") throw new UnrecoverableError(outcome.error)
    if (outcome.kind === "later") return toDelayed(delivered, token, outcome.delayMs)
    if (outcome.kind === "released") return toWait(delivered, token)
  }
}
