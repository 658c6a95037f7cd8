import type { Row } from "../table.ts"

export interface ContenderOptions {
  redisUrl: string
  prefix: string
  /** Rows as the database has them. */
  load(keys: readonly number[]): Promise<Row[]>
  /** What the cache could not be told of, as it is committed, and the commit of more of that. */
  owed(): Promise<{ key: string }[]>
  owe(texts: readonly string[]): Promise<void>
}

/** A way of caching rows, as one process uses it. */
export interface Contender {
  read(keys: readonly number[]): Promise<Row[]>
  /** Last in the transaction. `owe` notes in it what the cache has to forget later. */
  beforeCommit(rows: readonly Row[], owe: (texts: readonly string[]) => Promise<void>): Promise<AfterCommit>
  /** Keys that it answered by itself so far. */
  firstLevelHits?(): number
  /** For the relay of what is owed. */
  forget(texts: readonly string[]): Promise<void>
  close(): Promise<void>
}

export type AfterCommit = () => Promise<unknown>

export type OpenContender = (options: ContenderOptions) => Promise<Contender>

/** What all that know nothing of transactions do: nothing before COMMIT. */
export const afterCommitOnly = (
  after: (rows: readonly Row[]) => Promise<unknown>,
): Pick<Contender, "beforeCommit" | "forget"> => ({
  beforeCommit: async (rows) => () => after(rows),
  forget: async () => undefined,
})

/** Loads one row: most libraries ask for one key at a time. */
export async function loadOne({ load }: ContenderOptions, key: number): Promise<Row> {
  const [row] = await load([key])
  if (!row) throw new Error(`there is no row ${key}`)
  return row
}
