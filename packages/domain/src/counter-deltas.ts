import { type AccountId, counterDeltas, type Db, type Id } from "@tintype/db"
import { and, eq } from "drizzle-orm"

/**
 * Notes a change of a counter that many members may move at once. Appending never waits for another writer, as an
 * UPDATE of the counted row would; a job adds the notes up.
 */
export async function noteDelta(db: Db, ownerId: AccountId, subjectId: Id, delta: 1 | -1): Promise<void> {
  await db.insert(counterDeltas).values({ ownerId, subjectId, delta })
}

/** Takes all the notes about one subject away and returns their sum: to be added to its row in the same transaction. */
export async function takeDeltas(db: Db, ownerId: AccountId, subjectId: Id): Promise<number> {
  const rows = await db
    .delete(counterDeltas)
    .where(and(eq(counterDeltas.ownerId, ownerId), eq(counterDeltas.subjectId, subjectId)))
    .returning({ delta: counterDeltas.delta })
  return rows.reduce((sum, { delta }) => sum + delta, 0)
}
