import { type Db, inTransaction } from "@tintype/db"
import { sql } from "drizzle-orm"
import { Type } from "typebox"
import { PermanentFailure } from "../errors.ts"
import { defineWorkflow } from "../workflows/define-workflow.ts"
import type { DoRun, UndoRun, WorkflowHandlers } from "../workflows/workflow-handlers.ts"

const work = { attempts: 8, backoffMs: [50, 200], deadlineSeconds: 20 } as const
const Word = Type.String()

/** What the tests want of a run, by the names of its steps: to fail for good, to last, to kill its process in each. */
const Wishes = Type.Object({
  fail: Type.Optional(Type.Array(Word)),
  ms: Type.Optional(Type.Integer()),
  kill: Type.Optional(Type.Boolean()),
})

interface Wished {
  fail?: string[]
  ms?: number
  kill?: boolean
}

/** One parent, two children, and a child of both. */
export const diamond = defineWorkflow({ name: "test.diamond", class: "feed", input: Wishes })
  .task("first", { ...work, result: Type.Integer(), undo: true })
  .task("left", { ...work, after: ["first"], result: Type.String(), undo: true })
  .task("right", { ...work, after: ["first"], result: Type.Object({ double: Type.Integer() }), undo: true })
  .task("last", { ...work, after: ["left", "right"], result: Type.String() })
  .build()

/** Goes over a list, and joins. */
export const wide = defineWorkflow({
  name: "test.wide",
  class: "feed",
  input: Type.Object({ items: Type.Integer(), failAt: Type.Optional(Type.Integer()), ms: Type.Integer() }),
})
  .task("list", { ...work, result: Type.Array(Type.Object({ n: Type.Integer() })) })
  .each("square", { ...work, over: "list", width: 4, result: Type.Integer(), undo: true })
  .task("sum", { ...work, after: ["square"], result: Type.Integer() })
  .build()

/** Waits for a time and for two words. */
export const patient = defineWorkflow({
  name: "test.patient",
  class: "feed",
  input: Type.Object({ key: Word }),
  unique: ({ key }) => key,
})
  .sleep("nap", { seconds: 1 })
  .signal("one", { after: ["nap"], payload: Type.Object({ word: Word }), withinSeconds: 3_600 })
  .signal("two", { after: ["nap"], payload: Type.Object({ word: Word }), withinSeconds: 3_600 })
  .signal("never", { payload: Type.Null(), withinSeconds: 86_400 })
  .task("told", { ...work, after: ["one", "two"], result: Word })
  .build()

/** Waits for a word that does not come. */
export const unheard = defineWorkflow({ name: "test.unheard", class: "feed", input: Type.Object({}) })
  .signal("word", { payload: Type.Null(), withinSeconds: 0.2 })
  .build()

export const testWorkflows = [diamond, wide, patient, unheard] as const
export const workflowJobs = testWorkflows.flatMap(({ jobs }) => [...jobs])

export const createTraces = (db: Db) =>
  db.execute(sql`create table traces (
    at bigint generated always as identity, run_id uuid not null, what text not null, pid int not null)`)

type Any = Pick<DoRun<unknown, unknown, unknown, never>, "runId" | "attempt" | "index" | "signal">

const trace = (tx: Db, { runId }: Any, what: string) =>
  tx.execute(sql`insert into traces (run_id, what, pid) values (${runId}, ${what}, ${process.pid})`)

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  signal.addEventListener("abort", () => {
    clearTimeout(timer)
    reject(signal.reason)
  })
  return promise
}

const killIf = (isWished: boolean) => {
  if (isWished) process.kill(process.pid, "SIGKILL")
}

/** Does what is wished, and leaves a trace in the transaction that ends the step. */
const taskOf =
  <Result>(db: Db, step: string, result: (run: DoRun<Wished, never, unknown, Result>) => Result) =>
  async (run: DoRun<Wished, unknown, unknown, Result>): Promise<Result> => {
    const { fail = [], ms = 0, kill = false } = run.input
    killIf(kill && run.attempt === 1)
    await pause(ms, run.signal)
    if (fail.includes(step)) throw new PermanentFailure(`${step} failed`)
    const value = result(run as DoRun<Wished, never, unknown, Result>)
    await inTransaction(db, async (tx) => {
      await run.complete(tx, value)
      await trace(tx, run, step)
    })
    killIf(kill && step === "first")
    return value
  }

const undoOf =
  (db: Db, step: string) =>
  async (run: UndoRun<Wished, unknown, unknown, unknown>): Promise<void> => {
    if (run.input.fail?.includes(`undo ${step}`)) throw new PermanentFailure(`${step} stays`)
    await inTransaction(db, async (tx) => {
      await run.complete(tx)
      await trace(tx, run, `undo ${step}`)
    })
  }

export const diamondHandlers = (db: Db): WorkflowHandlers<typeof diamond> => ({
  first: { do: taskOf(db, "first", () => 21), undo: undoOf(db, "first") },
  left: {
    do: (run) => taskOf(db, "left", () => `left of ${run.results.first}`)(run),
    undo: undoOf(db, "left"),
  },
  right: {
    do: (run) => taskOf(db, "right", () => ({ double: run.results.first * 2 }))(run),
    undo: undoOf(db, "right"),
  },
  last: (run) => taskOf(db, "last", () => `${run.results.left}, ${run.results.right.double}`)(run),
})

export const wideHandlers = (db: Db): WorkflowHandlers<typeof wide> => ({
  list: async ({ input }) => Array.from({ length: input.items }, (_, n) => ({ n })),
  square: {
    async do(run) {
      if (run.index === run.input.failAt) throw new PermanentFailure("not this one")
      await db.execute(
        sql`insert into traces (run_id, what, pid) values (${run.runId}, 'begin', ${process.pid})`,
      )
      await pause(run.input.ms, run.signal)
      await inTransaction(db, async (tx) => {
        await run.complete(tx, run.item.n ** 2)
        await trace(tx, run, `square ${run.item.n}`)
      })
      return run.item.n ** 2
    },
    undo: async (run) => {
      await inTransaction(db, async (tx) => {
        await run.complete(tx)
        await trace(tx, run, `undo ${run.result}`)
      })
    },
  },
  sum: async (run) => {
    await run.progress(1, 2)
    return run.results.square.reduce((sum, each) => sum + each, 0)
  },
})

export const patientHandlers: WorkflowHandlers<typeof patient> = {
  told: async ({ results }) => `${results.one.word} ${results.two.word}`,
}
