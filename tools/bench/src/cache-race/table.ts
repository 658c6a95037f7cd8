import postgres from "postgres"

export interface Row {
  key: number
  version: number
  text: string
  /** What a benchmark's rows hold besides. */
  card?: object
}

/** The table whose rows are raced for, and the keys that the cache could not be told of (an outbox). */
export interface Table {
  create(rows: number, textLength: number): Promise<void>
  load(keys: readonly number[]): Promise<Row[]>
  /** Raises the rows' versions in a transaction; `beforeCommit` is its last part, under the rows' locks. */
  write(
    keys: readonly number[],
    beforeCommit: (rows: readonly Row[], owe: (texts: readonly string[]) => Promise<void>) => Promise<void>,
  ): Promise<Row[]>
  owed(): Promise<{ id: number; key: string }[]>
  owe(texts: readonly string[]): Promise<void>
  settle(ids: readonly number[]): Promise<void>
  versions(): Promise<Map<number, number>>
  close(): Promise<void>
}

type RawRow = { key: number; version: number; text: string }

export function openTable(url: string, connections: number): Table {
  const sql = postgres(url, { max: connections, onnotice: () => {} })
  return {
    async create(rows, textLength) {
      await sql.unsafe(`
        drop table if exists raced, owed;
        create table raced (key int primary key, version int not null, text text not null);
        alter table raced set (fillfactor = 50);
        create table owed (id int generated always as identity primary key, key text not null);
        insert into raced select n, 1, repeat('x', ${textLength}) from generate_series(0, ${rows - 1}) n`)
    },
    load: (keys) => sql<RawRow[]>`select key, version, text from raced where key = any(${[...keys]}::int[])`,
    write: (keys, beforeCommit) =>
      sql.begin(async (tx) => {
        const rows = await tx<RawRow[]>`
          with locked as (select key from raced where key = any(${[...keys]}::int[]) order by key for update)
          update raced set version = version + 1 from locked where raced.key = locked.key
          returning raced.key, raced.version, raced.text`
        await beforeCommit(rows, async (texts) => {
          await tx`insert into owed (key) select unnest(${[...texts]}::text[])`
        })
        return rows
      }),
    owed: () => sql<{ id: number; key: string }[]>`select id, key from owed`,
    async owe(texts) {
      await sql`insert into owed (key) select unnest(${[...texts]}::text[])`
    },
    async settle(ids) {
      await sql`delete from owed where id = any(${[...ids]}::int[])`
    },
    async versions() {
      const rows = await sql<RawRow[]>`select key, version from raced`
      return new Map(rows.map(({ key, version }) => [key, version]))
    },
    close: () => sql.end({ timeout: 1 }),
  }
}
