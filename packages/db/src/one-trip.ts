import type postgres from "postgres"

type Client = postgres.Sql | postgres.TransactionSql

/** A parameter as text, whose type Postgres infers from the statement. */
function textOf(value: unknown): string | null {
  if (value === null) return null
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`
  if (value instanceof Date) return value.toISOString()
  if (["string", "number", "bigint", "boolean"].includes(typeof value)) return String(value)
  throw new TypeError("a parameter of a statement is neither text, number, date nor bytes")
}

/** Of a transaction, or of a savepoint in it: the statements that nobody may have waited for. */
interface Unanswered {
  all: Set<PromiseLike<unknown>>
  /** Whether all that is left is to commit: nobody hears of a failure any more. */
  isOver: boolean
  failure?: unknown
}

const noneYet = (): Unanswered => ({ all: new Set(), isOver: false })

function note<Asked extends PromiseLike<unknown>>(query: Asked, unanswered: Unanswered): Asked {
  unanswered.all.add(query)
  query.then(
    () => unanswered.all.delete(query),
    (error: unknown) => {
      unanswered.all.delete(query)
      if (unanswered.isOver) unanswered.failure ??= error
    },
  )
  return query
}

/**
 * Makes a client send a statement and its parameters together and take one round trip for them. Of itself the driver,
 * where it may prepare nothing, first asks for the types of the parameters and takes two. It asks if it was given
 * parameters; so they are put into the finished query instead, as text.
 *
 * It also keeps a statement from being followed on its connection before it is answered, as the driver would do with
 * those that need no types. PgBouncer takes the server away at the first answer, and the second never comes
 * (porsager/postgres#970, pgbouncer#759). The driver's own BEGIN brings an `onexecute` that has to stay.
 *
 * In a transaction the server stays, so what is not waited for is followed by the next statement at once, and the last
 * one by COMMIT (`sendAlong`). Had it failed, COMMIT rolls back and does not say so: that is noticed here.
 */
export function askInOneTrip(client: Client, unanswered?: Unanswered): void {
  const { unsafe, begin, savepoint } = client as postgres.Sql & postgres.TransactionSql
  type Work = (tx: postgres.TransactionSql) => Promise<unknown>
  const waits: object = unanswered ? {} : { onexecute: () => false }
  const ask = (query: string, params: readonly unknown[] = [], options: object = {}) => {
    const texts = params.map(textOf)
    if (texts.length === 0) return unsafe(query, [], { ...waits, ...options })
    const extended: object = { ...waits, ...options, simple: false }
    return Object.assign(unsafe(query, [], extended), { parameters: texts })
  }
  const [canBegin, canSave] = ["begin" in client, "savepoint" in client]
  const beginAnd = async (work: Work) => {
    const own = noneYet()
    const result = await begin(async (tx) => {
      askInOneTrip(tx, own)
      const done = await work(tx)
      own.isOver = true
      return done
    })
    if (own.failure) throw own.failure
    return result
  }
  const saveAnd = (work: Work) =>
    savepoint(async (tx) => {
      const own = noneYet()
      askInOneTrip(tx, own)
      const done = await work(tx)
      // What fails may still be taken back to here, and later no more.
      await Promise.allSettled(own.all)
      return done
    })
  Object.assign(client, {
    unsafe: unanswered ? (...asked: Parameters<typeof ask>) => note(ask(...asked), unanswered) : ask,
    ...(canBegin && { begin: beginAnd }),
    ...(canSave && { savepoint: saveAnd }),
  })
}
