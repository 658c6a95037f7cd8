import { type Signal, useSignal } from "@preact/signals"
import type { AuditEntry, DeadLetter, JobLife } from "@tintype/contract"
import { act } from "./act.ts"
import { AskFirst } from "./ask-first.tsx"
import { AuditTable } from "./audit-page.tsx"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { Runs } from "./runs-table.tsx"
import { State } from "./table.tsx"
import { moment, parseJson, workflowPath } from "./words.ts"

interface Key {
  owner: string
  id: string
}

const nameOf = ({ unfinished, dead, runs, audit }: JobLife): string =>
  unfinished?.name ?? dead?.name ?? runs[0]?.name ?? audit[0]?.subject ?? ""

const stateOf = ({ unfinished, dead, runs }: JobLife): string =>
  unfinished?.state ?? (dead ? "dead" : (runs[0]?.state ?? "gone"))

/** A job's whole life, and what an operator may do about it. */
export function JobPage({ owner, id }: Key) {
  const life = usePoll(async (signal) => (await jobsApi.getJob({ params: { owner, id }, signal })).body, id)
  return (
    <Live of={life} what="the job">
      {(found) => (
        <>
          <h2 class="page-title">
            {nameOf(found)} <State of={stateOf(found)} />
          </h2>
          <Facts life={found} id={id} owner={owner} />
          {found.unfinished && (
            <div class="row">
              <button
                type="button"
                class="button small danger"
                onClick={() =>
                  void act(() => jobsApi.cancelJob({ params: { owner, id } }), "Cancelled", life.refresh)
                }
              >
                Cancel the job
              </button>
              <p class="note">It has no effect any more, and becomes a dead letter, to be sent again.</p>
            </div>
          )}
          {found.dead && <Dead letter={found.dead} refresh={life.refresh} />}
          <h3>Runs</h3>
          {found.runs.length > 0 ? <Runs runs={found.runs} /> : <p class="none">No run has ended yet.</p>}
          <Audit entries={found.audit} />
        </>
      )}
    </Live>
  )
}

function Audit({ entries }: { entries: readonly AuditEntry[] }) {
  if (entries.length === 0) return null
  return (
    <>
      <h3>Done by hand</h3>
      <AuditTable entries={entries} />
    </>
  )
}

function Facts({ life: { unfinished, dead, runs }, owner, id }: { life: JobLife } & Key) {
  const job = unfinished ?? dead
  const trace = job?.trace_id ?? runs[0]?.trace_id
  const facts = [
    ["Id", id],
    ["Owner", owner],
    ["Class", job?.class ?? runs[0]?.class],
    ["Written", moment(job?.created_at ?? runs[0]?.queued_at ?? null)],
    ["Due", unfinished && moment(unfinished.due_at)],
    ["Runs begun", job?.attempts ?? runs[0]?.attempt],
    ["Worker", unfinished?.worker],
    ["Given up", dead && `${dead.reason}, ${moment(dead.died_at)}`],
    ["Error", unfinished?.last_error ?? dead?.error],
    ["Payload", job && JSON.stringify(job.payload)],
  ] as const
  return (
    <dl class="facts">
      {facts.map(
        ([label, value]) =>
          value != null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ),
      )}
      {trace && (
        <div>
          <dt>Trace</dt>
          <dd class="mono">
            <a href={`/admin/jobs/search?trace=${encodeURIComponent(trace)}`}>{trace}</a>
          </dd>
        </div>
      )}
    </dl>
  )
}

const sentAgain = ({ body }: { body: { count: number } }) =>
  body.count > 0 ? "Sent again" : "It cannot be tried again now: see its run"

interface PayloadProps {
  letter: DeadLetter
  text: Signal<string>
  isFit: boolean
}

/** What the job works on, to be mended; of a workflow's step its run says that. */
function Payload({ letter, text, isFit }: PayloadProps) {
  if (letter.workflow_run_id) {
    return (
      <p>
        It is a step of <a href={workflowPath(letter.owner_id, letter.workflow_run_id)}>a workflow’s run</a>{" "}
        and works on what that was given. Sent again, the run goes on from here.
      </p>
    )
  }
  return (
    <label>
      Payload
      <textarea
        rows={4}
        spellcheck={false}
        aria-invalid={isFit ? undefined : true}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
    </label>
  )
}

function Dead({ letter, refresh }: { letter: DeadLetter; refresh: () => Promise<void> }) {
  const text = useSignal(JSON.stringify(letter.payload, null, 2))
  const parsed = parseJson(text.value)
  const key = { owner_id: letter.owner_id, id: letter.id }
  const params = { owner: letter.owner_id, id: letter.id }
  const save = () =>
    act(
      () => jobsApi.editDeadLetter({ params, body: { payload: parsed?.value } }),
      "Payload changed",
      refresh,
    )
  return (
    <form
      class="mend"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Payload letter={letter} text={text} isFit={parsed !== undefined} />
      <div class="row">
        {!letter.workflow_run_id && (
          <button type="submit" class="button small" disabled={!parsed}>
            Change the payload
          </button>
        )}
        <button
          type="button"
          class="button small primary"
          onClick={() =>
            void act(() => jobsApi.retryDeadLetters({ body: { jobs: [key] } }), sentAgain, refresh)
          }
        >
          Send again
        </button>
        <AskFirst
          label="Discard"
          question="Discard this job?"
          text="It is never done, and cannot be sent again."
          onYes={() =>
            void act(() => jobsApi.discardDeadLetters({ body: { jobs: [key] } }), "Discarded", refresh)
          }
        />
      </div>
    </form>
  )
}
