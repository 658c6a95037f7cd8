import { describe, expect, test } from "vitest"
import { effectJob, serialJob } from "../testing/jobs.ts"
import { defineSchedule, type Missed, timesAfter } from "./define-schedule.ts"
import { planRuns } from "./plan-runs.ts"

const base = {
  name: "a.b",
  job: effectJob,
  payload: { ms: 0 },
  timeZone: "UTC",
  cron: "0 * * * * *",
} as const
const at = (time: string) => new Date(`2026-03-28T${time}Z`)
const told = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(5, 19))

describe("a schedule", () => {
  test("has its times by the clock of its place, once on the days on which the clock changes", () => {
    const night = { cron: "0 30 2 * * *", timeZone: "Europe/Berlin" }
    expect(told(timesAfter(night, at("00:00:00"), 3))).toEqual([
      "03-28T01:30:00",
      "03-29T01:00:00",
      "03-30T00:30:00",
    ])
    expect(told(timesAfter(night, new Date("2026-10-24T12:00:00Z"), 2))).toEqual([
      "10-25T00:30:00",
      "10-26T01:30:00",
    ])
    expect(told(timesAfter({ cron: "*/20 * * * * *", timeZone: "UTC" }, at("10:00:00"), 2))).toEqual([
      "03-28T10:00:20",
      "03-28T10:00:40",
    ])
  })

  test("that makes no sense is refused when it is declared", () => {
    const policies = { overlap: "skip", missed: "once" } as const
    expect(() => defineSchedule({ ...base, ...policies, cron: "0 99 * * * *" })).toThrow("a.b")
    expect(() => defineSchedule({ ...base, ...policies, timeZone: "Moon/Crater" })).toThrow("a.b")
    expect(() => defineSchedule({ ...base, ...policies, cron: "0 0 0 30 2 *" })).toThrow("a.b")
    expect(() => defineSchedule({ ...base, ...policies, payload: { ms: -1 } })).toThrow("test.effect")
    expect(() => defineSchedule({ ...base, overlap: "queue", missed: "once" })).toThrow("serial")
    expect(() => defineSchedule({ ...base, overlap: "skip", missed: "all" })).toThrow("queue its runs")
  })
})

describe("times that have passed", () => {
  const plan = (missed: Missed, first: string, now: string) => {
    const {
      runs,
      missed: gone,
      next,
    } = planRuns(defineSchedule({ ...base, job: serialJob, overlap: "queue", missed }), at(first), at(now))
    const started = runs.map(({ at: time, cause }) => `${told([time])[0]?.slice(6)} ${cause}`)
    return { started, missed: told(gone).map((each) => each.slice(6)), next: told([next])[0]?.slice(6) }
  }

  test("are one, as a rule", () => {
    const expected = { started: ["10:00:00 time"], missed: [], next: "10:01:00" }
    for (const missed of ["skip", "once", "all"] as const) {
      expect(plan(missed, "10:00:00", "10:00:00.7")).toEqual(expected)
    }
  })

  test("while nobody was there are let go, made up for once, or each", () => {
    const gone = ["10:00:00", "10:01:00", "10:02:00"]
    expect(plan("skip", "10:00:00", "10:02:40")).toEqual({ started: [], missed: gone, next: "10:03:00" })
    expect(plan("once", "10:00:00", "10:02:40")).toEqual({
      started: ["10:02:00 late"],
      missed: gone.slice(0, 2),
      next: "10:03:00",
    })
    expect(plan("all", "10:00:00", "10:02:40").started).toEqual(gone.map((time) => `${time} late`))
  })

  test("are not made up for when the next one is there already", () => {
    const expected = { started: ["10:02:00 time"], missed: ["10:00:00", "10:01:00"], next: "10:03:00" }
    expect(plan("once", "10:00:00", "10:02:10")).toEqual(expected)
    expect(plan("skip", "10:00:00", "10:02:10")).toEqual(expected)
  })

  test("are a hundred at most", () => {
    const { started, next } = plan("all", "00:00:00", "10:00:05")
    expect(started).toHaveLength(100)
    expect(started.at(-1)).toBe("10:00:00 time")
    expect(next).toBe("10:01:00")
  })
})
