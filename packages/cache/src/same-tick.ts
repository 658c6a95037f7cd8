import type { Logger } from "@tintype/observe"
import type { Redis } from "ioredis"

/** Redis did not do what it was asked, or nobody knows whether it did. */
export class CacheUnavailable extends Error {
  override readonly name = "CacheUnavailable"
}

export type Argument = string | number

interface Call {
  command: string
  args: readonly Argument[]
  resolve(reply: unknown): void
  reject(error: Error): void
}

export const isNoScript = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("NOSCRIPT")

/** What came of a batch as a whole: an error when not one of its commands was answered. */
type Outcome = (error: unknown) => void

/**
 * Collects the commands of one turn of the event loop and hands them over together.
 *
 * @param exchange settles every call, or throws
 * @param outcome told after each batch
 */
export function createSameTick(exchange: (batch: readonly Call[]) => Promise<void>, outcome: Outcome) {
  let queue: Call[] = []
  const flush = async () => {
    const batch = queue
    queue = []
    try {
      await exchange(batch)
      outcome(undefined)
    } catch (error) {
      outcome(error)
      for (const { reject } of batch) reject(new CacheUnavailable("no answer", { cause: error }))
    }
  }
  return (command: string, args: readonly Argument[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      queue.push({ command, args, resolve, reject })
      // After the I/O callbacks of this turn, so that what they ask for travels along.
      if (queue.length === 1) setImmediate(() => void flush())
    })
}

/** Sends the calls as one pipeline and settles each. @throws when Redis refused them all */
export async function exchange(redis: Redis, log: Logger, batch: readonly Call[]): Promise<void> {
  const pipeline = redis.pipeline()
  for (const { command, args } of batch) pipeline.call(command, ...args)
  const replies = (await pipeline.exec()) ?? []
  let failure: Error | undefined
  let answered = 0
  for (const [index, call] of batch.entries()) {
    const [error, reply] = replies[index] ?? [new Error("no reply")]
    if (error && !isNoScript(error)) {
      failure = error
      call.reject(new CacheUnavailable(error.message, { cause: error }))
      continue
    }
    answered += 1
    if (error) call.reject(error)
    else call.resolve(reply)
  }
  if (failure && answered === 0) throw failure
  if (failure) log.warn({ err: failure }, "cache refused a command")
}
