import { type AccountId, type Db, workflowRuns, workflowSteps } from "@tintype/db"
import { and, asc, eq, sql } from "drizzle-orm"
import { parseSpec, type StepSpec } from "./step-spec.ts"

/** Names a run. */
export interface RunKey {
  ownerId: AccountId
  id: string
}

export type RunRow = typeof workflowRuns.$inferSelect

export const isRun = ({ ownerId, id }: RunKey) =>
  and(eq(workflowRuns.ownerId, ownerId), eq(workflowRuns.id, id))

export const isStepOf = ({ ownerId, id }: RunKey, step?: string) =>
  and(
    eq(workflowSteps.ownerId, ownerId),
    eq(workflowSteps.runId, id),
    step === undefined ? undefined : eq(workflowSteps.step, step),
  )

/** Holds a run until the transaction ends: whoever changes anything of it does this first. */
export async function lockRun(tx: Db, key: RunKey): Promise<RunRow | undefined> {
  const [row] = await tx.select().from(workflowRuns).where(isRun(key)).for("update")
  return row
}

/** The next number of what got done. The run is locked. */
export async function countDone(tx: Db, key: RunKey): Promise<number> {
  const [row] = await tx
    .update(workflowRuns)
    .set({ sequence: sql`${workflowRuns.sequence} + 1` })
    .where(isRun(key))
    .returning({ sequence: workflowRuns.sequence })
  return row?.sequence ?? 0
}

const STEP = {
  step: workflowSteps.step,
  spec: workflowSteps.spec,
  state: workflowSteps.state,
  hasSignal: sql<boolean>`${workflowSteps.signal} is not null`,
  itemsTotal: workflowSteps.itemsTotal,
}

export interface StepRow extends Omit<Awaited<ReturnType<typeof select>>[number], "spec"> {
  spec: StepSpec
}

const select = (tx: Db, key: RunKey, step?: string) =>
  tx.select(STEP).from(workflowSteps).where(isStepOf(key, step)).orderBy(asc(workflowSteps.position))

/** The graph and how far each step is, without results. */
export async function readGraph(tx: Db, key: RunKey): Promise<StepRow[]> {
  const rows = await select(tx, key)
  return rows.map((row) => ({ ...row, spec: parseSpec(row.spec) }))
}

export async function readStepRow(tx: Db, key: RunKey, step: string): Promise<StepRow | undefined> {
  const [row] = await select(tx, key, step)
  return row && { ...row, spec: parseSpec(row.spec) }
}
