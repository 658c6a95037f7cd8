import { expect, vi } from "vitest"

/** Waits until a count that has begun to grow grows no more. */
export async function untilStill(count: () => number): Promise<void> {
  let before = 0
  await vi.waitFor(
    () => {
      const now = count()
      const still = now > 0 && now === before
      before = now
      expect(still).toBe(true)
    },
    { interval: 300, timeout: 10_000 },
  )
}
