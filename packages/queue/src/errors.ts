/** Thrown by a handler when no later run could end differently: the job is given up at once. */
export class PermanentFailure extends Error {
  override name = "PermanentFailure"
  readonly permanent = true
}

/**
 * Thrown by `complete` inside a handler's transaction, so that it rolls back: the job's effect is there already, or a
 * later run has begun and this one's effect must not happen any more.
 */
export class AlreadyDone extends Error {
  override name = "AlreadyDone"
}

/** The queue's Redis is away, or too slow to be waited for. */
export class QueueAway extends Error {
  override name = "QueueAway"
}

/** Any error may call itself permanent, so that a domain's refusals need not know this package. */
export const isPermanent = (error: unknown): boolean =>
  error instanceof Error && "permanent" in error && error.permanent === true

/** What was thrown, as an error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

const LONGEST_TEXT = 2_000

/**
 * An error and its causes in a few lines, for logs and dead letters. Only the first line of each message: the database
 * driver puts a statement's parameters into the second.
 */
export function errorText(error: unknown): string {
  const parts: string[] = []
  for (let each = error; each !== undefined && parts.length < 5; ) {
    parts.push(String(each).split("\n", 1).join(""))
    each = each instanceof Error ? each.cause : undefined
  }
  return parts.join("; ").slice(0, LONGEST_TEXT)
}
