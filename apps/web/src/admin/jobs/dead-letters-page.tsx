import { useSignal } from "@preact/signals"
import type { DeadLetter } from "@tintype/contract"
import { act } from "./act.ts"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { Table } from "./table.tsx"
import { jobPath, moment, workflowPath } from "./words.ts"

/** What was given up: to be looked at, sent again or discarded, one or many. */
export function DeadLettersPage() {
  const letters = usePages(
    async (query, signal) => (await jobsApi.listDeadLetters({ query, signal })).body,
    "dead",
  )
  return (
    <Live of={letters} what="the dead letters">
      {(found) =>
        found.length === 0 ? (
          <p class="none">No job was given up.</p>
        ) : (
          <>
            <Letters letters={found} refresh={letters.refresh} />
            <More of={letters} />
          </>
        )
      }
    </Live>
  )
}

function Letters({ letters, refresh }: { letters: readonly DeadLetter[]; refresh: () => Promise<void> }) {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const toggle = (id: string) => {
    const next = new Set(chosen.value)
    if (!next.delete(id)) next.add(id)
    chosen.value = next
  }
  const jobs = letters.filter(({ id }) => chosen.value.has(id)).map(({ owner_id, id }) => ({ owner_id, id }))
  const all = jobs.length === letters.length
  const count = jobs.length
  const run = (what: "retryDeadLetters" | "discardDeadLetters", done: string) =>
    void act(
      () => jobsApi[what]({ body: { jobs } }),
      ({ body }) => `${done}: ${body.count} of ${count}`,
      refresh,
    )
  return (
    <>
      <div class="row">
        <button
          type="button"
          class="button small"
          onClick={() => {
            chosen.value = new Set(all ? [] : letters.map(({ id }) => id))
          }}
        >
          {all ? "Choose none" : "Choose all"}
        </button>
        <button
          type="button"
          class="button small primary"
          disabled={count === 0}
          onClick={() => run("retryDeadLetters", "Sent again")}
        >
          Send again
        </button>
        <button
          type="button"
          class="button small danger"
          disabled={count === 0}
          onClick={() => run("discardDeadLetters", "Discarded")}
        >
          Discard
        </button>
      </div>
      <Table caption="Dead letters" heads={["", "Job", "Reason", "Runs", "Given up", "Error"]}>
        {letters.map((letter) => (
          <Letter
            key={letter.id}
            of={letter}
            chosen={chosen.value.has(letter.id)}
            onToggle={() => toggle(letter.id)}
          />
        ))}
      </Table>
    </>
  )
}

interface LetterProps {
  of: DeadLetter
  chosen: boolean
  onToggle: () => void
}

function Letter({
  of: { owner_id, id, name, reason, attempts, died_at, error, workflow_run_id },
  chosen,
  onToggle,
}: LetterProps) {
  return (
    <tr>
      <td>
        <input type="checkbox" aria-label={`Choose ${name} ${id}`} checked={chosen} onChange={onToggle} />
      </td>
      <td>
        <a href={jobPath(owner_id, id)}>{name}</a>
        {workflow_run_id && (
          <>
            {" "}
            (<a href={workflowPath(owner_id, workflow_run_id)}>its run</a>)
          </>
        )}
      </td>
      <td>{reason}</td>
      <td>{attempts}</td>
      <td>{moment(died_at)}</td>
      <td class="mono">{error}</td>
    </tr>
  )
}
