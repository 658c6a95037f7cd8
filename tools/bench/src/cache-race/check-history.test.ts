import { describe, expect, test } from "vitest"
import { checkHistory } from "./check-history.ts"
import type { Entry, Kind } from "./history.ts"

const entry = (kind: Kind, version: number, start: number, end: number): Entry => ({
  kind,
  key: 1,
  version,
  start,
  end,
})
/** A write from its beginning to its acknowledgement. */
const write = (version: number, start: number, end: number) => [
  entry("prepared", version, start, start + 1),
  entry("acknowledged", version, start, end),
]
const check = (entries: Entry[], killed: Entry[] = [], finalVersion = 3) =>
  checkHistory(
    [
      { entries, killedAt: Infinity },
      { entries: killed, killedAt: 100 },
    ],
    new Map([[1, finalVersion]]),
  )
const right = { ownMissed: 0, staleReads: 0, backwards: 0, impossible: 0 }

describe("a history", () => {
  test("may show a write early, or late until it is acknowledged", () => {
    const reads = [entry("read", 1, 12, 13), entry("read", 2, 14, 15), entry("read", 2, 20, 21)]
    expect(check([...write(2, 10, 18), ...reads])).toMatchObject({ ...right, writes: 1, reads: 3 })
  })

  test("is wrong when a read misses what was acknowledged, its own or another's", () => {
    const reads = [entry("own", 1, 19, 20), entry("read", 1, 68, 69), entry("read", 1, 17, 30)]
    expect(check([...write(2, 10, 18), ...reads])).toMatchObject({ ownMissed: 1, staleReads: 2, staleMs: 50 })
  })

  test("is wrong when one reads what is older than what another has read before", () => {
    const reads = [entry("read", 2, 12, 13), entry("read", 1, 14, 15)]
    expect(check([...write(2, 10, 18), ...reads])).toMatchObject({ backwards: 1, staleReads: 0 })
  })

  test("is wrong when something is read that nobody had begun to write, or a version is given twice", () => {
    expect(check([...write(2, 10, 18), entry("read", 2, 5, 6)])).toMatchObject({ impossible: 1 })
    expect(check([...write(2, 10, 18), ...write(2, 20, 28)])).toMatchObject({ impossible: 1 })
  })

  test("tells how long what a killed writer had committed was not seen", () => {
    const killed = [entry("prepared", 3, 90, 91)]
    const reads = [entry("read", 2, 140, 141), entry("read", 3, 150, 151)]
    const whole = [...write(2, 10, 18), ...reads]
    expect(check(whole, killed)).toMatchObject({ ...right, orphans: 1, orphanStaleMs: 40 })
    // One that died before COMMIT has left nothing to be seen, and its version to another.
    expect(check(whole, killed, 2)).toMatchObject({ orphans: 0, orphanStaleMs: 0 })
    expect(check([...whole, ...write(3, 141, 145)], killed)).toMatchObject({ orphans: 0 })
  })
})
