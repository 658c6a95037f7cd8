import type { Entry } from "./history.ts"

/** What one process did, and when it was killed (Infinity when it was not). */
export interface ProcessHistory {
  entries: readonly Entry[]
  killedAt: number
}

export interface Verdict {
  /** Keys written by transactions whose client was told. */
  writes: number
  /** Keys read. */
  reads: number
  /** Reads of the writer itself, right after its acknowledgement, that did not give its version or a newer one. */
  ownMissed: number
  /** Reads that gave less than what had been acknowledged, to whomever, before they began. */
  staleReads: number
  /** The longest time after an acknowledgement that something older was still read. */
  staleMs: number
  /** Keys written that the cache could not be told of before COMMIT. */
  unmarked: number
  /** The first hundred of the stale reads. */
  stale: StaleRead[]
  /** Reads that gave less than what another read, ended before they began, had given. */
  backwards: number
  /** Reads of what nobody had written by then, and writes that did not follow those before them. */
  impossible: number
  /** Versions whose writer was killed between COMMIT and acknowledgement. */
  orphans: number
  /** The longest time after a writer's death that something older than what it committed was still read. */
  orphanStaleMs: number
}

/** A read that was behind, in milliseconds of the machine's clock. */
export interface StaleRead {
  key: number
  own: boolean
  gave: number
  missed: number
  start: number
  end: number
  acknowledgedAt: number
  writeBegan: number
  /** The cache could not be told of the write that it missed. */
  unmarked: boolean
}

const MOST_TOLD = 100

const nothingSeen = (): Verdict => ({
  writes: 0,
  reads: 0,
  ownMissed: 0,
  staleReads: 0,
  staleMs: 0,
  unmarked: 0,
  stale: [],
  backwards: 0,
  impossible: 0,
  orphans: 0,
  orphanStaleMs: 0,
})

interface Told extends Entry {
  killedAt: number
}

/** For a moment, the highest version of all that ended before it. */
function highestBefore(entries: readonly Entry[]): (moment: number) => number {
  const byEnd = entries.toSorted((a, b) => a.end - b.end)
  const ends = new Float64Array(byEnd.length)
  const highest = new Float64Array(byEnd.length)
  for (const [index, { end, version }] of byEnd.entries()) {
    ends[index] = end
    highest[index] = Math.max(version, highest[index - 1] ?? 0)
  }
  return (moment) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? 0) < moment) low = middle + 1
      else high = middle
    }
    return highest[low - 1] ?? 0
  }
}

/** Versions that were committed though nobody was told: their writer was killed. */
function findOrphans(told: readonly Told[], finalVersion: number): Told[] {
  const acknowledged = new Set(told.filter(({ kind }) => kind === "acknowledged").map((each) => each.version))
  const prepared = told.filter(({ kind }) => kind === "prepared").sort((a, b) => a.start - b.start)
  // When a writer died before COMMIT, a later one got the same version.
  const last = new Map(prepared.map((each) => [each.version, each]))
  return [...last.values()].filter(
    ({ version, killedAt }) =>
      version <= finalVersion && !acknowledged.has(version) && Number.isFinite(killedAt),
  )
}

function checkKey(told: readonly Told[], finalVersion: number, verdict: Verdict): void {
  const of = (...kinds: readonly string[]) => told.filter(({ kind }) => kinds.includes(kind))
  const acknowledged = of("acknowledged")
  const reads = of("own", "read")
  const written = highestBefore(acknowledged)
  const seen = highestBefore(reads)
  const begun = highestBefore(of("prepared").map((each) => ({ ...each, end: each.start })))
  const orphans = findOrphans(told, finalVersion)
  const unmarked = new Set(of("unmarked").map(({ version }) => version))
  const firstAbove = (version: number) =>
    acknowledged.reduce<Told | undefined>(
      (first, each) => (each.version > version && each.end < (first?.end ?? Infinity) ? each : first),
      undefined,
    )
  verdict.writes += acknowledged.length
  verdict.reads += reads.length
  verdict.orphans += orphans.length
  verdict.unmarked += unmarked.size
  for (const { version, start } of acknowledged) if (version <= written(start)) verdict.impossible += 1
  for (const { kind, version, start, end } of reads) {
    if (version > 1 && version > begun(end)) verdict.impossible += 1
    if (version < seen(start)) verdict.backwards += 1
    for (const orphan of orphans) {
      if (version >= orphan.version) continue
      verdict.orphanStaleMs = Math.max(verdict.orphanStaleMs, start - orphan.killedAt)
    }
    if (version >= written(start)) continue
    verdict.staleReads += 1
    if (kind === "own") verdict.ownMissed += 1
    const missed = firstAbove(version)
    if (!missed) continue
    verdict.staleMs = Math.max(verdict.staleMs, start - missed.end)
    if (verdict.stale.length >= MOST_TOLD) continue
    verdict.stale.push({
      key: missed.key,
      own: kind === "own",
      gave: version,
      missed: missed.version,
      start,
      end,
      acknowledgedAt: missed.end,
      writeBegan: missed.start,
      unmarked: unmarked.has(missed.version),
    })
  }
}

/**
 * Whether what all processes saw of each key could have come from one register: the order of the writes is known
 * (the row's lock gives the versions), so that linearizability is that of Gibbons and Korach's easy case ("Testing
 * Shared Memories", 1997): every read gives at least what was acknowledged before it began and what reads that
 * ended before it gave, and nothing that nobody had begun to write.
 *
 * @param finalVersions what the database holds in the end, by key
 * @param verdict what other keys gave: theirs is added
 */
export function checkHistory(
  processes: readonly ProcessHistory[],
  finalVersions: ReadonlyMap<number, number>,
  verdict: Verdict = nothingSeen(),
): Verdict {
  const byKey = new Map<number, Told[]>()
  for (const { entries, killedAt } of processes) {
    for (const entry of entries) {
      const told = byKey.get(entry.key)
      if (told) told.push({ ...entry, killedAt })
      else byKey.set(entry.key, [{ ...entry, killedAt }])
    }
  }
  for (const [key, told] of byKey) checkKey(told, finalVersions.get(key) ?? 0, verdict)
  return verdict
}
