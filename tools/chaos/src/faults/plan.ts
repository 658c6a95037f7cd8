import type { Random } from "../random.ts"
import { FAULT_TYPES, type Fault, type FaultType } from "./catalogue.ts"

export interface PlannedFault {
  /** After the one before it began. */
  afterMs: number
  fault: Fault
}

export interface PlanOptions {
  count: number
  /** Mean time from the beginning of one to that of the next. */
  everyMs: number
}

function drawn(random: Random, { fault, span }: FaultType): Fault {
  const ms = random.between(...span)
  if (fault.kind === "kill" || fault.kind === "freeze") {
    return { ...fault, ms, replica: random.between(0, 1) }
  }
  return fault.kind === "flush" || fault.kind === "cut" ? fault : { ...fault, ms }
}

/** Endlessly: every type of a group once in each round, in an order drawn anew. */
function* rounds(random: Random, types: readonly FaultType[]): Generator<FaultType, never> {
  for (;;) yield* random.shuffled(types)
}

/** What goes wrong, and when: the same for the same seed. */
export function planFaults(random: Random, { count, everyMs }: PlanOptions): PlannedFault[] {
  const groups = FAULT_TYPES.map((types) => rounds(random, types))
  let order: typeof groups = []
  return Array.from({ length: count }, () => {
    if (order.length === 0) order = random.shuffled(groups)
    const type = order.pop()?.next().value
    if (!type) throw new Error("there is no fault to draw from")
    return { afterMs: random.between(everyMs / 2, everyMs * 1.5), fault: drawn(random, type) }
  })
}

/** `kill worker (2) 300 ms`. */
export function nameOf(fault: Fault): string {
  const replica = "replica" in fault && fault.replica > 0 ? ` (${fault.replica + 1})` : ""
  return `${fault.kind} ${fault.target}${replica}${fault.ms > 0 ? ` ${fault.ms} ms` : ""}`
}
