import type { AuditEntry } from "@tintype/contract"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { Table } from "./table.tsx"
import { moment } from "./words.ts"

/** What was done by hand. */
export function AuditPage() {
  const entries = usePages(
    async (query, signal) => (await jobsApi.listJobAudit({ query, signal })).body,
    "audit",
  )
  return (
    <Live of={entries} what="the audit">
      {(found) =>
        found.length === 0 ? (
          <p class="none">Nothing yet.</p>
        ) : (
          <>
            <AuditTable entries={found} />
            <More of={entries} />
          </>
        )
      }
    </Live>
  )
}

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <Table caption="Audit" heads={["When", "Who", "What", "To", "Detail"]}>
      {entries.map((entry) => (
        <tr key={entry.id}>
          <td>{moment(entry.at)}</td>
          <td>{entry.actor ? `@${entry.actor}` : "at a shell"}</td>
          <td>{entry.action}</td>
          <td class="mono">{entry.subject}</td>
          <td class="mono">{JSON.stringify(entry.detail)}</td>
        </tr>
      ))}
    </Table>
  )
}
