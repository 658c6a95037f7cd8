import { useSignal } from "@preact/signals"
import type { DeadLetter, QueryOf, Routes } from "@tintype/contract"
import { JOB_CLASSES } from "@tintype/contract/limits"
import { useLocation } from "preact-iso"
import { act } from "./act.ts"
import { AskFirst } from "./ask-first.tsx"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { Choice, type SearchProps, useWanted } from "./search-form.tsx"
import { Table } from "./table.tsx"
import { jobPath, moment, workflowPath } from "./words.ts"

/** What was given up: to be looked at, sent again or discarded, one or many. */
export function DeadLettersPage() {
  const { query, path, route } = useLocation()
  const filter = filterOf(query)
  const letters = usePages(
    async (page, signal) => (await jobsApi.listDeadLetters({ query: { ...filter, ...page }, signal })).body,
    JSON.stringify(filter),
  )
  const isNarrow = Object.keys(filter).length > 0
  return (
    <>
      <LetterSearch given={query} onSearch={(wanted) => route(`${path}?${new URLSearchParams(wanted)}`)} />
      <Live of={letters} what="the dead letters">
        {(found) =>
          found.length === 0 ? (
            <p class="none">{isNarrow ? "No such job was given up." : "No job was given up."}</p>
          ) : (
            <>
              <Letters letters={found} refresh={letters.refresh} />
              <More of={letters} />
            </>
          )
        }
      </Live>
    </>
  )
}

const REASONS = ["refused", "exhausted", "crashed", "late", "payload", "unknown", "cancelled"] as const

type Filter = Partial<QueryOf<Routes["listDeadLetters"]>>

/** What of the address narrows the list. */
function filterOf({ name, ...query }: Record<string, string>): Filter {
  const jobClass = JOB_CLASSES.find((each) => each === query.class)
  const reason = REASONS.find((each) => each === query.reason)
  return { ...(name && { name }), ...(jobClass && { class: jobClass }), ...(reason && { reason }) }
}

/** What has something in common can be sent again together: it is shown alone and chosen as a whole. */
function LetterSearch({ given, onSearch }: SearchProps) {
  const { wanted, set, submit } = useWanted(given, onSearch)
  return (
    <form class="search" onSubmit={submit}>
      <Choice label="Reason" options={REASONS} value={wanted.reason} onChange={set("reason")} />
      <Choice label="Class" options={JOB_CLASSES} value={wanted.class} onChange={set("class")} />
      <label>
        Job
        <input type="text" placeholder="media.develop" value={wanted.name ?? ""} onInput={set("name")} />
      </label>
      <button type="submit" class="button small">
        Show
      </button>
    </form>
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
        <AskFirst
          label="Discard"
          question={count === 1 ? "Discard this job?" : `Discard ${count} jobs?`}
          text="What is discarded is never done, and cannot be sent again."
          disabled={count === 0}
          onYes={() => run("discardDeadLetters", "Discarded")}
        />
        <span class="note">
          {count} of {letters.length} chosen
        </span>
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
