import { useSignal } from "@preact/signals"
import type { WorkflowRunDetails, WorkflowStep } from "@tintype/contract"
import { useId } from "preact/hooks"
import { act } from "./act.ts"
import { jobsApi } from "./jobs-api.ts"
import { exampleOf, shapeOf } from "./shape.ts"
import { moment, parseJson } from "./words.ts"

const OPEN = new Set(["waiting", "listening"])

interface WordsProps {
  run: WorkflowRunDetails
  refresh: () => Promise<void>
}

/** What the run waits for from outside, each with the means to tell it. */
export function Words({ run, refresh }: WordsProps) {
  if (run.state !== "running") return null
  const params = { owner: run.owner_id, id: run.id }
  return run.steps
    .filter(({ kind, told, state }) => kind === "signal" && !told && OPEN.has(state))
    .map((step) => (
      <SignalForm
        key={step.name}
        step={step}
        onSend={(payload) =>
          void act(
            () => jobsApi.signalWorkflowStep({ params: { ...params, step: step.name }, body: { payload } }),
            `${step.name} was told`,
            refresh,
          )
        }
      />
    ))
}

interface SignalFormProps {
  step: WorkflowStep
  onSend: (payload: unknown) => void
}

/** The word that a step waits for, as JSON. */
function SignalForm({ step, onSend }: SignalFormProps) {
  const text = useSignal(exampleOf(step.expects))
  const hint = useId()
  const parsed = parseJson(text.value)
  return (
    <form
      class="row signal"
      onSubmit={(event) => {
        event.preventDefault()
        if (parsed) onSend(parsed.value)
      }}
    >
      <h3>
        {step.name} waits for a word
        {step.state === "waiting" ? ", once it is its turn" : step.due_at && ` until ${moment(step.due_at)}`}
      </h3>
      <input
        type="text"
        aria-label={`What ${step.name} is told, as JSON`}
        aria-invalid={parsed ? undefined : true}
        aria-describedby={hint}
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
      <button type="submit" class="button small" disabled={!parsed}>
        Tell
      </button>
      <p id={hint} class="note">
        {parsed
          ? `JSON${shapeOf(step.expects)}. The first word counts, and cannot be taken back.`
          : "This is no JSON."}
      </p>
    </form>
  )
}
