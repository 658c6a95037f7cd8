import { type Static, type TSchema, Type } from "typebox"
import { Compile } from "typebox/compile"
import { defineJob, type Job } from "../define-job.ts"
import type { JobClass } from "../job-class.ts"
import { MOST_STEPS, parseSpec, type StepKind, StepPayload, type StepSpec } from "./step-spec.ts"

/** What the compiler knows of a step. */
export interface StepTypes {
  kind: StepKind
  result: unknown
  /** The steps whose results it is given. */
  after: string
  item: unknown
  undo: boolean
}

export type StepsTypes = Record<string, StepTypes>

type Named<S> = keyof S & string
type ListNames<S extends StepsTypes> = {
  [Name in Named<S>]: S[Name]["result"] extends readonly unknown[] ? Name : never
}[Named<S>]
type ItemOf<S extends StepsTypes, Over extends Named<S>> = S[Over]["result"] extends readonly (infer Item)[]
  ? Item
  : never

/** As a job's; the class is the workflow's unless it says otherwise. */
interface WorkOptions<After extends string, Result extends TSchema, Undo extends boolean> {
  /** It begins when all of these are done, and is given their results; at once if there are none. */
  after?: readonly After[]
  /** What it gives: ids and figures, no rows and no secrets. */
  result: Result
  class?: JobClass
  attempts: number
  backoffMs: readonly [min: number, max: number]
  deadlineSeconds: number
  /** Whether its effect can be taken back when a later step fails for good or the run is cancelled. */
  undo?: Undo
}

interface EachOptions<After extends string, Result extends TSchema, Undo extends boolean, Over extends string>
  extends WorkOptions<After, Result, Undo> {
  /** The step whose result is the list; it need not be told in `after`. */
  over: Over
  /** So many items at once, at most. */
  width: number
}

interface Step<Kind extends StepKind, Result, After extends string, Item, Undo extends boolean> {
  kind: Kind
  result: Result
  after: After
  item: Item
  undo: Undo
}

/** Declares a graph step by step. A step knows only those before it, so that there is no circle. */
export interface WorkflowBuilder<Name extends string, Input extends TSchema, S extends StepsTypes> {
  task<N extends string, R extends TSchema, A extends Named<S> = never, const U extends boolean = false>(
    name: N,
    options: WorkOptions<A, R, U>,
  ): WorkflowBuilder<Name, Input, S & Record<N, Step<"task", Static<R>, A, undefined, U>>>
  /** Does the same for each item of a list; its result is the list of their results, in the list's order. */
  each<
    N extends string,
    R extends TSchema,
    O extends ListNames<S>,
    A extends Named<S> = never,
    const U extends boolean = false,
  >(
    name: N,
    options: EachOptions<A, R, U, O>,
  ): WorkflowBuilder<Name, Input, S & Record<N, Step<"each", Static<R>[], A | O, ItemOf<S, O>, U>>>
  /** Waits, without a worker. */
  sleep<N extends string, A extends Named<S> = never>(
    name: N,
    options: { after?: readonly A[]; seconds: number },
  ): WorkflowBuilder<Name, Input, S & Record<N, Step<"sleep", null, A, undefined, false>>>
  /** Waits for word from outside, without a worker; what comes is its result. Fails when nothing comes in time. */
  signal<N extends string, P extends TSchema, A extends Named<S> = never>(
    name: N,
    options: { after?: readonly A[]; payload: P; withinSeconds: number },
  ): WorkflowBuilder<Name, Input, S & Record<N, Step<"signal", Static<P>, A, undefined, false>>>
  /** @throws RangeError when there are no steps, or too many */
  build(): Workflow<Name, Input, S>
}

interface Checker {
  Check(value: unknown): boolean
}

export interface DeclaredStep {
  name: string
  spec: StepSpec
  job: Job
  /** Checks its result; of `each`, an item's. */
  result: Checker
  /** The same as a JSON Schema: of a signal, what it takes. */
  resultSchema: TSchema
}

type StepJob<Name extends string> = Job<Name, typeof StepPayload>

export interface Workflow<
  Name extends string = string,
  Input extends TSchema = TSchema,
  S extends StepsTypes = StepsTypes,
> {
  name: Name
  class: JobClass
  steps: readonly DeclaredStep[]
  /** Starts a run when it runs itself: for schedules. */
  startJob: Job<`${Name}.start`, Input>
  /** What belongs into the catalogue: every step's job, and the one that starts a run. */
  jobs: readonly (Job<`${Name}.start`, Input> | { [N in Named<S>]: StepJob<`${Name}.${N}`> }[Named<S>])[]
  /** Of the runs of one owner with the same key one goes on at a time. */
  unique: ((input: Static<Input>) => string) | undefined
  /** For the compiler alone. */
  types?: S
}

export interface WorkflowOptions<Name extends string, Input extends TSchema> {
  /** `<feature>.<noun>`. Its jobs are called `<name>.<step>`. */
  name: Name
  class: JobClass
  /** Ids only: never rows, never secrets. */
  input: Input
  unique?: (input: Static<Input>) => string
}

/** Waking up is done when it has been written down, and that is tried until it succeeds. */
const WAKING = { attempts: 50, backoffMs: [1_000, 60_000], deadlineSeconds: 30 } as const

/** @throws RangeError when numbers or names make no sense */
export function defineWorkflow<const Name extends string, Input extends TSchema>(
  options: WorkflowOptions<Name, Input>,
): WorkflowBuilder<Name, Input, Record<never, never>> {
  return builder(options, [])
}

interface Work {
  class?: JobClass
  attempts: number
  backoffMs: readonly [min: number, max: number]
  deadlineSeconds: number
}

type Shape = Omit<StepSpec, "class" | "undo">

function builder<Name extends string, Input extends TSchema, S extends StepsTypes>(
  options: WorkflowOptions<Name, Input>,
  steps: readonly DeclaredStep[],
): WorkflowBuilder<Name, Input, S> {
  const plus = <Next extends StepsTypes>(
    name: string,
    shape: Shape,
    work: Work,
    result: TSchema,
    undo?: boolean,
  ) => {
    const step = declare(options, name, { ...shape, undo: undo === true }, work, result)
    return builder<Name, Input, Next>(options, [...steps, step])
  }
  return {
    task: (name, { after = [], result, undo, ...work }) =>
      plus(name, { kind: "task", after: [...after] }, work, result, undo),
    each: (name, { after = [], over, width, result, undo, ...work }) =>
      plus(name, { kind: "each", after: [...new Set([...after, over])], over, width }, work, result, undo),
    sleep: (name, { after = [], seconds }) =>
      plus(name, { kind: "sleep", after: [...after], seconds }, WAKING, Type.Null()),
    signal: (name, { after = [], payload, withinSeconds: seconds }) =>
      plus(name, { kind: "signal", after: [...after], seconds }, WAKING, payload),
    build: () => finish<Name, Input, S>(options, steps),
  }
}

function declare(
  options: { name: string; class: JobClass },
  name: string,
  shape: Omit<StepSpec, "class">,
  { class: jobClass = options.class, attempts, backoffMs, deadlineSeconds }: Work,
  result: TSchema,
): DeclaredStep {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) throw new RangeError(`no name for a step: ${name}`)
  const spec = parseSpec({ ...shape, class: jobClass })
  const work = { class: jobClass, attempts, backoffMs, deadlineSeconds }
  const job = defineJob({
    name: `${options.name}.${name}`,
    payload: StepPayload,
    numbersFiles: true,
    ...work,
  })
  let check: Checker | undefined
  const checker = {
    Check(value: unknown) {
      check ??= Compile(result)
      return check.Check(value)
    },
  }
  return { name, spec, job, result: checker, resultSchema: result }
}

/** Starting is a transaction and done by another process within seconds if one dies. */
const STARTING = { attempts: 5, backoffMs: [1_000, 60_000], deadlineSeconds: 30 } as const

function finish<Name extends string, Input extends TSchema, S extends StepsTypes>(
  { name, class: jobClass, input, unique }: WorkflowOptions<Name, Input>,
  steps: readonly DeclaredStep[],
): Workflow<Name, Input, S> {
  const names = new Set(["start", ...steps.map((step) => step.name)])
  if (steps.length === 0 || steps.length > MOST_STEPS || names.size !== steps.length + 1) {
    throw new RangeError(`the workflow ${name} has no steps, more than ${MOST_STEPS}, or two of one name`)
  }
  const startJob = defineJob({ ...STARTING, name: `${name}.start` as const, class: jobClass, payload: input })
  // The builder has collected the steps' names in S one by one, which a list cannot tell.
  const jobs = [startJob, ...steps.map(({ job }) => job)] as unknown as Workflow<Name, Input, S>["jobs"]
  return { name, class: jobClass, steps, startJob, jobs, unique }
}
