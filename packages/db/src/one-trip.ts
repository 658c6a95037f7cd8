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

/**
 * Makes a client send a statement and its parameters together and take one round trip for them. Of itself the driver,
 * where it may prepare nothing, first asks for the types of the parameters and takes two. It asks if it was given
 * parameters; so they are put into the finished query instead, as text.
 *
 * It also keeps a statement from being followed on its connection before it is answered, as the driver would do with
 * those that need no types. PgBouncer takes the server away at the first answer, and the second never comes
 * (porsager/postgres#970, pgbouncer#759). The driver's own BEGIN brings an `onexecute` that has to stay.
 */
export function askInOneTrip(client: Client): void {
  const { unsafe, begin, savepoint } = client as postgres.Sql & postgres.TransactionSql
  const within =
    <T>(work: (tx: postgres.TransactionSql) => Promise<T>) =>
    (tx: postgres.TransactionSql) => {
      askInOneTrip(tx)
      return work(tx)
    }
  type Work = Parameters<typeof within>[0]
  Object.assign(client, {
    unsafe: (query: string, params: readonly unknown[] = [], options: object = {}) => {
      const texts = params.map(textOf)
      const answered: object = { onexecute: () => false, ...options }
      if (texts.length === 0) return unsafe(query, [], answered)
      const extended: object = { ...answered, simple: false }
      return Object.assign(unsafe(query, [], extended), { parameters: texts })
    },
    ...(begin && { begin: (work: Work) => begin(within(work)) }),
    ...(savepoint && { savepoint: (work: Work) => savepoint(within(work)) }),
  })
}
