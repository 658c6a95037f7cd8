/** What has to hold after everything that went wrong. */
export const INVARIANTS = [
  "nothing acknowledged is lost",
  "nothing happens twice",
  "nothing is stuck",
  "no innocent fails",
  "one rendition set each",
  "nothing half done is left",
  "nothing is left of who left",
  "counts equal rows",
  "answers equal the database",
  "the queue is empty",
] as const
export type Invariant = (typeof INVARIANTS)[number]

export interface Violation {
  invariant: Invariant
  detail: string
}

/** Makes violations of one invariant. */
export const violating =
  (invariant: Invariant) =>
  (detail: string): Violation => ({ invariant, detail })
