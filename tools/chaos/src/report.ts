import type { Sql } from "postgres"
import { INVARIANTS, type Violation } from "./check/violation.ts"
import type { Storm } from "./storm.ts"

/** Examples that are shown of each. */
const EXAMPLES = 8

/** How often each invariant was broken. */
export const tally = (violations: readonly Violation[]): Record<string, number> =>
  Object.fromEntries(
    INVARIANTS.map((name) => [name, violations.filter(({ invariant }) => invariant === name).length]),
  )

/** Some of what was found, as lines. */
export function examplesOf(violations: readonly Violation[]): string[] {
  return INVARIANTS.flatMap((name) =>
    violations
      .filter(({ invariant }) => invariant === name)
      .slice(0, EXAMPLES)
      .map(({ detail }) => `${name}: ${detail}`),
  )
}

/** Runs of jobs by class and by how they ended. */
async function runsOf(sql: Sql): Promise<Record<string, Record<string, number>>> {
  const rows = await sql<{ class: string; state: string; runs: number }[]>`
    select class, state, count(*)::int as runs from job_runs group by 1, 2 order by 1, 2`
  const classes = Map.groupBy(rows, (row) => row.class)
  return Object.fromEntries(
    [...classes].map(([name, each]) => [
      name,
      Object.fromEntries(each.map(({ state, runs }) => [state, runs])),
    ]),
  )
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** Prints the figures of a run. */
export async function showStorm(
  sql: Sql,
  { claims, faults, loadMs, settledMs, ...storm }: Storm,
): Promise<void> {
  console.log(`\nFaults in ${seconds(loadMs)}`)
  console.table(faults.counts)
  for (const failure of faults.failures) console.log(`could not happen: ${failure}`)
  console.log("\nWhat members and producers were told")
  console.table(Object.fromEntries([...claims.counts].sort()))
  console.log("\nRuns of jobs, as far as the history tells")
  console.table(await runsOf(sql))
  console.log(
    `\nSettled ${seconds(settledMs)} after the last fault. Left for the schedules: ${JSON.stringify(storm.tidied)}`,
  )
  console.log("\nHow often an invariant was broken")
  console.table(tally(storm.violations))
  for (const line of examplesOf(storm.violations)) console.log(line)
}
