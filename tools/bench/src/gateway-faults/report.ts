import type { Kind, Outcome } from "./load.ts"

/** What a fault cost. */
export interface Report {
  requests: number
  "failed reads": number
  "failed keyed writes": number
  "failed other writes": number
  "uploads (failed)": string
  /** What the failed ones were told, and how often. */
  told: string
  /** Acknowledged, and not there. */
  lost: number
  /** Took effect more than once. */
  doubled: number
  /** Of reads and keyed writes. */
  "p50 ms": number
  "p99 ms": number
  "worst ms": number
  /** The longest time from a fault until the replica got no more requests. */
  "ejected ms"?: number
}

const failed = ({ result }: Outcome) => result !== 200

/** Compares what the members were told with what the ledger holds. */
export function reportOf(
  outcomes: readonly Outcome[],
  effects: ReadonlyMap<string, number>,
  ejections: readonly number[] = [],
): Report {
  const of = (kind: Kind) => outcomes.filter((each) => each.kind === kind)
  const count = (kind: Kind) => of(kind).filter(failed).length
  const times = [...of("read"), ...of("keyed write")].map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0)
  const writes = [...of("keyed write"), ...of("other write")]
  const uploads = of("upload")
  return {
    requests: outcomes.length - uploads.length,
    "failed reads": count("read"),
    "failed keyed writes": count("keyed write"),
    "failed other writes": count("other write"),
    "uploads (failed)": `${uploads.length} (${uploads.filter(failed).length})`,
    told: countsOf(outcomes.filter(failed).map(({ result }) => String(result))),
    lost: writes.filter((each) => !failed(each) && !effects.has(each.name)).length,
    doubled: [...effects.values()].filter((times) => times > 1).length,
    "p50 ms": at(0.5),
    "p99 ms": at(0.99),
    "worst ms": at(1),
    ...(ejections.length > 0 && { "ejected ms": Math.round(Math.max(...ejections)) }),
  }
}

function countsOf(texts: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const each of texts) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].map(([text, count]) => `${count} × ${text}`).join(", ")
}
