import { type AccountId, outbox, type PostId } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { findMember } from "./find-member.ts"
import { decodeEntry } from "./home-entry.ts"
import { loadSkeleton } from "./home-skeleton.ts"
import { fanOutPostJob } from "./jobs.ts"
import { readWarmList, type WarmState } from "./warm-home.ts"
import { WARM_POSTS } from "./warm-lists.ts"

/** With the posts of those who are merged when it is read. */
export interface WarmHome {
  state: WarmState
  /** Whether nothing lies beyond its end. */
  complete: boolean
  ids: PostId[]
}

/** A member's warm timeline as it lies in Redis. @throws NotFound when there is no such account */
export async function readWarmHome(ctx: Context, accountId: AccountId): Promise<WarmHome> {
  const home = await readWarmList(ctx, accountId)
  if (!home) throw new NotFound()
  const { state, list } = home
  return {
    state,
    complete: list.complete,
    ids: list.entries.flatMap((entry) => decodeEntry(entry)?.id ?? []),
  }
}

/** Of these posts of one author, those whose followers are still to be told. */
export async function findUntold({ db }: Context, ownerId: AccountId, id: PostId): Promise<boolean> {
  const isJob = and(eq(outbox.ownerId, ownerId), eq(outbox.name, fanOutPostJob.name))
  const [row] = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(isJob, sql`${outbox.payload} ->> 'postId' = ${id}`))
    .limit(1)
  return row !== undefined
}

export interface HomeReport {
  state: WarmState
  /** Entries of the warm list. */
  entries: number
  /** Posts that belong on it, that are told of, and are not there: a fault. */
  missing: PostId[]
  /** Posts that belong on it and are still to be told of. */
  untold: PostId[]
  /** Entries that name what is gone or does not belong there: left out of every page. */
  stray: PostId[]
}

/**
 * Compares a member's warm timeline with what Postgres says, as far back as the list reaches.
 *
 * @param account id or name
 * @throws NotFound when there is no such account
 */
export async function verifyHome(ctx: Context, account: string): Promise<HomeReport> {
  const accountId = await findMember(ctx, account)
  // The list first: what is posted in between is then missing from none but the list, and looked for below.
  const { state, complete, ids } = await readWarmHome(ctx, accountId)
  if (state !== "warm") return { state, entries: ids.length, missing: [], untold: [], stray: [] }
  const right = await loadSkeleton(ctx.db, accountId, { limit: WARM_POSTS }, "lasting")
  const oldest = ids.at(-1)
  const known = new Set(ids)
  const lacking = right.filter(
    ({ id }) => !known.has(id) && (complete || (oldest && BigInt(id) > BigInt(oldest))),
  )
  const now = new Set((await readWarmHome(ctx, accountId)).ids)
  const report: HomeReport = { state, entries: ids.length, missing: [], untold: [], stray: [] }
  for (const { id, ownerId } of lacking) {
    if (now.has(id)) continue
    report[(await findUntold(ctx, ownerId, id)) ? "untold" : "missing"].push(id)
  }
  const span = BigInt(right.length < WARM_POSTS ? 0 : (right.at(-1)?.id ?? 0))
  const belongs = new Set(right.map(({ id }) => id))
  report.stray = ids.filter((id) => !belongs.has(id) && BigInt(id) >= span)
  return report
}
