import { type Db, parseId } from "@tintype/db"
import { DelayedError, type Job as Delivered, UnrecoverableError, WaitingError } from "bullmq"
import { Type } from "typebox"
import { Compile } from "typebox/compile"
import type { JobRunner, Outcome } from "./begun.ts"
import { errorText } from "./errors.ts"
import { bury, type JobKey, readEntry } from "./ledger.ts"
import { type RunnerOptions, runJob } from "./run-job.ts"

export interface DeliveryOptions extends RunnerOptions {
  runners: ReadonlyMap<string, JobRunner>
  /** Told of every job that is done, dropped or dead. */
  onFinished: (jobId: string) => void
  /** Whether an operator has paused the queue's class: a delivery may come while that is being told to BullMQ. */
  isPaused: (queue: string) => boolean
}

const ENDED: ReadonlySet<Outcome["kind"]> = new Set(["done", "dropped", "dead", "cancelled"])

const Data = Compile(Type.Object({ ownerId: Type.String() }))
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function keyOf({ id, data }: Delivered): JobKey | undefined {
  const ownerId = Data.Check(data) ? parseId<"account">(data.ownerId) : null
  return id && UUID.test(id) && ownerId ? { ownerId, id } : undefined
}

/** A newer release may have enqueued it: a worker that knows it will bring it back (`reviveKnown`). */
async function buryUnknown(db: Db, key: JobKey, name: string): Promise<Outcome> {
  const entry = await readEntry(db, key)
  const note = { reason: "unknown", error: `no worker knows the job ${name}` } as const
  if (!entry || !(await bury(db, key, entry.attempts, note))) return { kind: "void" }
  return { kind: "dead", error: note.error }
}

async function settle(options: DeliveryOptions, delivered: Delivered): Promise<Outcome> {
  const key = keyOf(delivered)
  const { db, log, runners } = options
  if (!key) return { kind: "dead", error: "not a job of ours" }
  const runner = runners.get(delivered.name)
  try {
    if (runner) return await runJob(options, runner, key, delivered.attemptsStarted <= 1)
    log.error({ job: delivered.name, jobId: key.id }, "no handler for this job here")
    return await buryUnknown(db, key, delivered.name)
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
    if (options.isPaused(delivered.queueName)) return toWait(delivered, token)
    const outcome = await settle(options, delivered)
    if (ENDED.has(outcome.kind)) options.onFinished(delivered.id ?? "")
    if (outcome.kind === "dead") throw new UnrecoverableError(outcome.error)
    if (outcome.kind === "later") return toDelayed(delivered, token, outcome.delayMs)
    if (outcome.kind === "released") return toWait(delivered, token)
  }
}
