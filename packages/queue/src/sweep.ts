import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import type { SQL } from "drizzle-orm"
import { sql } from "drizzle-orm"
import type { Job } from "./define-job.ts"
import {
  type DueRow,
  NEXT_RESEND,
  putBack,
  REPAIR_REACH,
  repairReach,
  reviveKnown,
  takeDue,
  takePassed,
} from "./due.ts"
import type { Epoch } from "./epoch.ts"
import { JOB_CLASSES } from "./job-class.ts"
import type { LineHeads } from "./line-heads.ts"
import type { Sender } from "./sender.ts"

const BATCH = 500
/** For a batch, of a Redis that may be busy with the first jobs of the last one. */
const SEND_MS = 5_000
/** How long a job is left to whoever enqueued it: see `enqueue`. */
const YOUNG = sql`interval '2 seconds'`
/** A row that should have been sent this long ago is, whatever its class's line looks like. */
const OVERDUE = sql`interval '30 seconds'`
/** Clocks differ, and a transaction may take a while until its jobs join their line. */
const SLACK_MS = 1_000
/** A sweep is done often: what it leaves, the next one takes. */
const MOST_BATCHES = 20

export interface SweepOptions {
  db: Db
  sender: Pick<Sender, "send">
  epoch: Epoch
  heads: LineHeads
  catalogue: ReadonlyMap<string, Job>
  log: Logger
  /** Redis was away until now: whoever enqueued a job meanwhile could not send it, however young it is. */
  isBack?: boolean
}

/** Takes one batch of what is due. */
type Take = (db: Db, names: readonly string[]) => Promise<DueRow[]>

const dueBefore =
  (before: SQL | Date, next: SQL): Take =>
  (db, names) =>
    takeDue(db, names, before, next, BATCH)

/** Sends one batch of what is due. @returns how many, fewer than asked for when nothing more is due */
async function sendDue({ db, sender, catalogue }: SweepOptions, take: Take): Promise<number> {
  const rows = await take(db, [...catalogue.keys()])
  const jobs = rows.flatMap((row) => {
    const job = catalogue.get(row.name)
    return job ? { ...row, class: job.class, ...(job.priority && { priority: job.priority }) } : []
  })
  try {
    if (jobs.length > 0) await sender.send(jobs, SEND_MS)
  } catch (error) {
    await putBack(db, rows)
    throw error
  }
  return rows.length
}

/** Sends everything that is not done, once. What is put off for longer than the repair reaches comes by itself. */
async function repair(options: SweepOptions): Promise<void> {
  const { db, epoch, log } = options
  const until = await repairReach(db)
  let sent = 0
  try {
    for (let batch = BATCH; batch === BATCH; sent += batch) {
      batch = await sendDue(options, dueBefore(until, REPAIR_REACH))
      await epoch.renewRepair()
    }
    await epoch.repaired()
  } catch (error) {
    // Else nobody could go on until the claim has run out.
    await epoch.releaseRepair().catch(() => undefined)
    throw error
  }
  log.warn({ sent }, "the queue's Redis had lost its jobs or is a new one: unfinished jobs were sent again")
}

/**
 * What is due is sent, with one exception: where jobs wait in line, those that were made after the next one are behind it
 * and so have not been lost as far as anybody can tell. To send them again would be in vain, at the busiest of times.
 */
async function takesOf({ heads, isBack }: SweepOptions): Promise<Take[]> {
  if (isBack) return [dueBefore(sql`now() + ${YOUNG}`, NEXT_RESEND)]
  const found = await heads()
  if (found.size === 0) return [dueBefore(sql`now()`, NEXT_RESEND)]
  const reaches = JOB_CLASSES.map((each) => {
    const head = found.get(each)
    return { class: each, until: head && new Date(head.getTime() - SLACK_MS) }
  })
  return [
    (db, names) => takePassed(db, names, reaches, NEXT_RESEND, BATCH),
    dueBefore(sql`now() - ${OVERDUE}`, NEXT_RESEND),
  ]
}

/**
 * Sends what whoever enqueued it could not send, what the queue seems to have lost, and everything after the queue was
 * wiped or replaced. @throws QueueAway and leaves all rows due
 */
export async function sweep(options: SweepOptions): Promise<void> {
  if (await options.epoch.claimRepair()) await repair(options)
  for (const take of await takesOf(options)) {
    for (let batches = 0; batches < MOST_BATCHES; batches++) {
      if ((await sendDue(options, take)) < BATCH) break
    }
  }
}

/** Brings back what another release's workers did not know and this one does; the next sweep sends it. */
export async function revive({
  db,
  catalogue,
  log,
}: Pick<SweepOptions, "db" | "catalogue" | "log">): Promise<void> {
  const revived = await reviveKnown(db, [...catalogue.keys()], BATCH)
  if (revived > 0) log.warn({ revived }, "jobs that no worker knew are known now and will run")
}
