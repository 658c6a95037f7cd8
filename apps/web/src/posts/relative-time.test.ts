import { expect, test } from "vitest"
import { relativeTime } from "./relative-time.ts"

const now = Date.parse("2026-06-15T12:00:00.000Z")

test.each([
  ["2026-06-15T12:00:20.000Z", "now"],
  ["2026-06-15T11:59:01.000Z", "now"],
  ["2026-06-15T11:59:00.000Z", "1 min"],
  ["2026-06-15T11:00:01.000Z", "59 min"],
  ["2026-06-15T11:00:00.000Z", "1 h"],
  ["2026-06-14T12:00:00.000Z", "1 d"],
  ["2026-06-08T12:00:01.000Z", "6 d"],
  ["2026-06-01T12:00:00.000Z", "Jun 1"],
  ["2024-06-01T12:00:00.000Z", "Jun 1, 2024"],
  ["nonsense", ""],
])("%s reads %j", (at, words) => {
  expect(relativeTime(at, now)).toBe(words)
})
