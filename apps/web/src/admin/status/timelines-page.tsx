import type { HomeExplanation, HomeReport } from "@tintype/contract"
import { useLocation } from "preact-iso"
import { textOf } from "../../forms/submission.ts"
import { Live } from "../jobs/live.tsx"
import { usePoll } from "../jobs/poll.ts"
import { Figure, State, Table } from "../jobs/table.tsx"
import { statusApi } from "./status-api.ts"

/** Often enough to see a fan-out end; each look reads a whole warm list. */
const LOOK_MS = 5_000

/** Of each kind: a list can differ in all of its entries. */
const MOST_SHOWN = 50

/** Whose home timeline is looked at, and which post is looked for on it, stand in the address. */
export function TimelinesPage() {
  const { query, path, route } = useLocation()
  const { account, post } = query
  return (
    <>
      <p class="lead-line">
        What belongs on a member’s home timeline is a question to the database; the warm list only makes the
        answer fast.
      </p>
      <form
        key={`${account} ${post}`}
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          const form = event.currentTarget
          const wanted = ["account", "post"].map((name) => [name, textOf(form, name).trim()])
          route(`${path}?${new URLSearchParams(wanted.filter(([, text]) => text !== ""))}`)
        }}
      >
        <label>
          Member
          <input name="account" required maxLength={400} defaultValue={account} placeholder="Name or id" />
        </label>
        <label>
          Post
          <input
            name="post"
            maxLength={2000}
            defaultValue={post}
            placeholder="Address or id, to explain it"
          />
        </label>
        <button type="submit" class="button small primary">
          Look
        </button>
      </form>
      {account && post && <Explained key={`${account} ${post}`} account={account} post={post} />}
      {account && <Verified key={account} account={account} />}
    </>
  )
}

function Explained({ account, post }: { account: string; post: string }) {
  const asked = usePoll(
    async (signal) => (await statusApi.explainHome({ query: { account, post }, signal })).body,
    `${account} ${post}`,
    LOOK_MS,
  )
  return (
    <Live of={asked} what="the explanation">
      {(found) => <Explanation of={found} />}
    </Live>
  )
}

const MARKS = { for: "yes", against: "no", neutral: "–" } as const

function Explanation({ of }: { of: HomeExplanation }) {
  return (
    <section aria-labelledby="explained" class="explained">
      <h3 id="explained">
        Post {of.post_id}
        {of.author && (
          <>
            {" "}
            of <a href={`/@${of.author}/${of.post_id}`}>@{of.author}</a>
          </>
        )}{" "}
        {of.shown ? "belongs" : "does not belong"} on the home timeline of @{of.account}
      </h3>
      <ol class="checks">
        {of.checks.map(({ name, state, words }) => (
          <li key={name} class={name === of.because ? "check deciding" : "check"}>
            <span class={`state state-${state}`}>{MARKS[state]}</span>
            <span>{words}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const WORDS = {
  cold: "There is no warm list: the next read builds one.",
  void: "The warm list is older than the member’s last follow or unfollow: the next read builds another one.",
  warm: "The warm list is in use.",
} as const

function Verified({ account }: { account: string }) {
  const asked = usePoll(
    async (signal) => (await statusApi.verifyHome({ query: { account }, signal })).body,
    account,
    LOOK_MS,
  )
  return (
    <Live of={asked} what="the timeline">
      {(found) => <Comparison of={found} />}
    </Live>
  )
}

function Comparison({ of }: { of: HomeReport }) {
  const rows = [
    ["missing", of.missing, "Told of, and not on the list: a fault"],
    ["still to be told", of.untold, "A job is on its way"],
    ["stray", of.stray, "Gone, or not meant for it: left out of every page"],
  ] as const
  return (
    <section aria-labelledby="verified" class="explained">
      <h3 id="verified">The warm list next to the database</h3>
      <p>
        <State of={of.state} /> {WORDS[of.state]}
      </p>
      <dl class="facts">
        <Figure label="entries" value={of.entries.toLocaleString()} />
        {rows.map(([name, ids]) => (
          <Figure
            key={name}
            label={name}
            value={ids.length.toLocaleString()}
            alarming={name === "missing" && ids.length > 0}
          />
        ))}
      </dl>
      {rows.some(([, ids]) => ids.length > 0) && (
        <Table caption="Differences" heads={["Post", "What", "Meaning"]}>
          {rows.flatMap(([name, ids, meaning]) =>
            ids.slice(0, MOST_SHOWN).map((id) => (
              <tr key={id}>
                <td class="mono">{id}</td>
                <td>{name}</td>
                <td>{meaning}</td>
              </tr>
            )),
          )}
        </Table>
      )}
    </section>
  )
}
