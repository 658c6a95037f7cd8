import { expect, test } from "vitest"
import { freezes, kills, reloadGateway, rollingRestart, scaleByName } from "./gateway-faults/scenarios.ts"

/** The counts alone: how long anything took is for a machine that does nothing else. */
const SHORT = { rate: 60, times: 1, calmMs: 300, noticeMs: 2_000 }

const NOTHING_WRONG = { "failed reads": 0, "failed keyed writes": 0, lost: 0, doubled: 0 }

test.for([
  ["a rolling restart of the api", () => rollingRestart(SHORT)],
  ["a reload of the gateway", () => reloadGateway(SHORT)],
  ["a name that comes to stand for more replicas, and for fewer", () => scaleByName(SHORT)],
] as const)("%s costs nobody an answer", { timeout: 60_000 }, async ([, run]) => {
  const report = await run()

  expect(report.requests).toBeGreaterThan(50)
  expect(report).toMatchObject({ ...NOTHING_WRONG, "failed other writes": 0 })
  expect(report["uploads (failed)"]).toMatch(/\(0\)$/)
})

test.for([
  ["killed", () => kills({ ...SHORT, times: 3 })],
  ["frozen", () => freezes(SHORT, 1_500)],
] as const)(
  "one of three replicas %s costs no read and no keyed write, and doubles none",
  { timeout: 60_000 },
  async ([, run]) => {
    const report = await run()

    expect(report.requests).toBeGreaterThan(50)
    expect(report).toMatchObject(NOTHING_WRONG)
  },
)
