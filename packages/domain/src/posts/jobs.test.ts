import { expect, test } from "vitest"
import { erasePostJob } from "./jobs.ts"

test("a job that an older release wrote of a deleted post is read: it told less", () => {
  expect(erasePostJob.accepts({ postId: "1", mediaIds: ["2"] })).toBe(true)
  expect(
    erasePostJob.accepts({ postId: "1", mediaIds: [], visibility: "public", tags: [], mentioned: [] }),
  ).toBe(true)
  expect(erasePostJob.accepts({ postId: "1" })).toBe(false)
})
