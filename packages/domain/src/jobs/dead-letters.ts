import type { DeadLetter as View } from "@tintype/contract"
import {
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetters,
  type JobKey,
  openDeadLetters,
  type PageRequest,
} from "@tintype/queue"
import type { Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import { jobs } from "../jobs.ts"
import type { Operator } from "./operator.ts"
import { type PageView, presentPage } from "./pages.ts"

const lettersOf = ({ db, queue }: Context): DeadLetters => openDeadLetters({ db, jobs, queue })

export const presentDeadLetter = (letter: DeadLetter): View => ({
  owner_id: letter.ownerId,
  id: letter.id,
  name: letter.name,
  class: letter.class,
  payload: letter.payload,
  reason: letter.reason,
  error: letter.error,
  attempts: letter.attempts,
  died_at: letter.deadAt.toISOString(),
  created_at: letter.createdAt.toISOString(),
  trace_id: letter.traceId,
  workflow_run_id: letter.runId,
})

/** Jobs that were given up, the newest first. */
export async function listDeadLetters(
  ctx: Context,
  _operator: Operator,
  { filter, page }: { filter: DeadLetterFilter; page: PageRequest },
): Promise<PageView<View>> {
  return presentPage(await lettersOf(ctx).list(filter, page), presentDeadLetter)
}

/** Puts another payload in. @throws NotFound; Invalid when it does not fit the job */
export async function editDeadLetter(
  ctx: Context,
  { accountId }: Operator,
  { key, payload }: { key: JobKey; payload: unknown },
): Promise<View> {
  const letters = lettersOf(ctx)
  try {
    if (!(await letters.edit(accountId, key, payload))) throw new NotFound()
  } catch (error) {
    if (error instanceof TypeError) throw new Invalid(`Validation failed: ${error.message}`)
    throw error
  }
  const letter = await letters.read(key)
  if (!letter) throw new NotFound()
  return presentDeadLetter(letter)
}

/** Which dead letters: these, or up to 1000 that have something in common. */
export type Chosen = { keys: readonly JobKey[] } | { filter: DeadLetterFilter }

/** Sends jobs again, with all their attempts. @returns how many of them were dead letters */
export const retryDeadLetters = (ctx: Context, { accountId }: Operator, chosen: Chosen): Promise<number> =>
  "keys" in chosen
    ? lettersOf(ctx).retry(accountId, chosen.keys)
    : lettersOf(ctx).retryAll(accountId, chosen.filter)

/** Removes them for good. @returns how many of them there were */
export const discardDeadLetters = (ctx: Context, { accountId }: Operator, chosen: Chosen): Promise<number> =>
  "keys" in chosen
    ? lettersOf(ctx).discard(accountId, chosen.keys)
    : lettersOf(ctx).discardAll(accountId, chosen.filter)
