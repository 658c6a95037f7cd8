import type { WorkflowStep } from "@tintype/contract"

export interface Placed {
  step: WorkflowStep
  column: number
  row: number
}

/**
 * Places the steps of a workflow: each right of all that it waits for, those of one column below each other in the
 * order in which they are declared.
 */
export function placeSteps(steps: readonly WorkflowStep[]): Placed[] {
  const columns = new Map<string, number>()
  const filled: number[] = []
  return steps.map((step) => {
    const column = Math.max(-1, ...step.after.map((name) => columns.get(name) ?? -1)) + 1
    const row = filled[column] ?? 0
    filled[column] = row + 1
    columns.set(step.name, column)
    return { step, column, row }
  })
}
