import { expect, test, vi } from "vitest"
import { Patience } from "./patience.ts"

test("what is not over in time is told once, in the order in which it began", async () => {
  const told: string[] = []
  const patience = new Patience<string>((each) => told.push(each))
  const now = performance.now()
  patience.begin("slow", now + 20)
  const quick = patience.begin("quick", now + 20)
  patience.begin("later", now + 40)

  patience.end(quick)
  patience.end(quick)

  await vi.waitFor(() => expect(told).toEqual(["slow", "later"]))
  patience.begin("again", performance.now())
  await vi.waitFor(() => expect(told).toEqual(["slow", "later", "again"]))
})
