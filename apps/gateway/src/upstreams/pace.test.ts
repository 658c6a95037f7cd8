import { expect, test } from "vitest"
import { Pace } from "./pace.ts"

test("a replica's pace is that of about the last second, and that of its first answer at once", () => {
  const pace = new Pace()
  pace.note(200, 1_000)
  expect(pace.value).toBe(200)

  for (let now = 1_010; now <= 4_000; now += 10) pace.note(10, now)
  expect(pace.value).toBeLessThan(21)
  expect(pace.value).toBeGreaterThan(9)
})

test("one late answer among many is no pace", () => {
  const pace = new Pace()
  for (let now = 0; now <= 2_000; now += 10) pace.note(5, now)
  pace.note(500, 2_001)
  expect(pace.value).toBeLessThan(20)
})

test("an answer that was not waited for counts where it is late already", () => {
  const pace = new Pace()
  pace.note(100, 0)
  pace.noteUnanswered(30, 2_000)
  expect(pace.value).toBe(100)
  pace.noteUnanswered(300, 2_000)
  expect(pace.value).toBeGreaterThan(250)
})
