import type { AccountId, Db } from "@tintype/db"
import type { Static } from "typebox"
import type { StepsTypes, StepTypes, Workflow } from "./define-workflow.ts"

/** One run of a step, or of one of its items. */
export interface StepRun<Input, Results, Item> {
  ownerId: AccountId
  runId: string
  input: Input
  /** What the steps gave that it waited for. */
  results: Results
  item: Item
  /** Place of the item in its list; 0 otherwise. */
  index: number
  /** Number of this run of its job: later ones have higher numbers. */
  attempt: number
  /** Aborted when the deadline has passed, the run is cancelled or the process must end. */
  signal: AbortSignal
  /** Says how far it is, for whoever looks; not kept in order and not to be relied on. */
  progress(done: number, total: number): Promise<void>
}

export interface DoRun<Input, Results, Item, Result> extends StepRun<Input, Results, Item> {
  /**
   * Ends the step in the transaction of its effect, as the last thing in it, so that the effect happens once though the
   * handler may run twice. A handler that does not call it has its step ended with what it returns.
   *
   * @throws AlreadyDone when the effect is there already, or must not happen any more: let it roll back
   */
  complete(tx: Db, result: Result): Promise<void>
}

export interface UndoRun<Input, Results, Item, Result> extends StepRun<Input, Results, Item> {
  /** What the step gave. */
  result: Result
  complete(tx: Db): Promise<void>
}

type ResultsOf<S extends StepsTypes, After extends string> = {
  readonly [N in After & keyof S]: S[N]["result"]
}

type OneResult<T extends StepTypes> = T["kind"] extends "each"
  ? T["result"] extends readonly (infer One)[]
    ? One
    : never
  : T["result"]

type Do<Input, S extends StepsTypes, T extends StepTypes> = (
  run: DoRun<Input, ResultsOf<S, T["after"]>, T["item"], OneResult<T>>,
) => Promise<OneResult<T>>

type Undo<Input, S extends StepsTypes, T extends StepTypes> = (
  run: UndoRun<Input, ResultsOf<S, T["after"]>, T["item"], OneResult<T>>,
) => Promise<void>

/** A handler for each step that does something, and one to take it back where the step says that it can be. */
export type WorkflowHandlers<W> =
  W extends Workflow<string, infer Input, infer S>
    ? {
        readonly [N in keyof S as S[N]["kind"] extends "task" | "each" ? N : never]: S[N]["undo"] extends true
          ? { do: Do<Static<Input>, S, S[N]>; undo: Undo<Static<Input>, S, S[N]> }
          : Do<Static<Input>, S, S[N]>
      }
    : never
