import { type Static, Type } from "typebox"
import { Compile } from "typebox/compile"

/** A list of so many items is the longest that a step may go over, and so many at once the widest. */
export const MOST_STEPS = 64
export const MOST_ITEMS = 10_000
export const MOST_WIDTH = 64
/** Of a step's result, of an item's, and of all items' of a step together; in characters of JSON. */
export const LONGEST_RESULT = 256 * 1024
export const LONGEST_ITEM_RESULT = 16 * 1024
export const LONGEST_RESULTS = 1024 * 1024
const YEAR_SECONDS = 366 * 86_400

/**
 * What a step is: a `task`; `each` of the items that the step `over` gave, `width` at once; a `sleep`; or a `signal`
 * that is awaited. It is kept with the run, so that a run ends with the graph that it began with, whatever a newer
 * release declares.
 */
const StepSpec = Type.Object({
  kind: Type.Union([
    Type.Literal("task"),
    Type.Literal("each"),
    Type.Literal("sleep"),
    Type.Literal("signal"),
  ]),
  after: Type.Array(Type.String(), { maxItems: MOST_STEPS }),
  class: Type.String(),
  over: Type.Optional(Type.String()),
  width: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_WIDTH })),
  /** How long it sleeps, or waits for its signal. */
  seconds: Type.Optional(Type.Number({ minimum: 0, maximum: YEAR_SECONDS })),
  /** Whether it can be taken back. */
  undo: Type.Boolean(),
})

export type StepSpec = Static<typeof StepSpec>
export type StepKind = StepSpec["kind"]

const Checked = Compile(StepSpec)

/** What stands in a step's row. @throws when it is no such thing */
export const parseSpec = (value: unknown): StepSpec => Checked.Parse(value)

/** Which step of which run a job is for; of a step that goes over a list, which item. */
export const StepPayload = Type.Object({
  runId: Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
  item: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST_ITEMS })),
  undo: Type.Optional(Type.Boolean()),
})

export type StepWork = Static<typeof StepPayload>
