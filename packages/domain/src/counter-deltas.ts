import { type AccountId, counterDeltas, type Db, type Id, type replyDeltas } from "@tintype/db"
import { and, eq } from "drizzle-orm"

/** Where notes of one kind of counter stand; a subject has one counter in each. */
type Notes = typeof counterDeltas | typeof replyDeltas

/**
 * Notes a change of a counter that many members may move at once. Appending never waits for another writer, as an
 * UPDATE of the counted row would; a job adds the notes up.
 */
export async function noteDelta(
  db: Db,
  ownerId: AccountId,
  subjectId: Id,
  delta: 1 | -1,
  notes: Notes = counterDeltas,
): Promise<void> {
  await db.insert(notes).values({ ownerId, subjectId, delta })
}

/** Takes all the notes about one subject away and returns their sum: to be added to its row in the same transaction. */
export async function takeDeltas(
  db: Db,
  ownerId: AccountId,
  subjectId: Id,
  notes: Notes = counterDeltas,
): Promise<number> {
  const rows = await db
    .delete(notes)
    .where(and(eq(notes.ownerId, ownerId), eq(notes.subjectId, subjectId)))
    .returning({ delta: notes.delta })
  return rows.reduce((sum, { delta }) => sum + delta, 0)
}
