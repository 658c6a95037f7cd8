import { setTimeout as sleep } from "node:timers/promises"

const LOOK_MS = 10
const LONGEST_MS = 120_000

/** Waits until `look` gives something, and gives that. @throws when it takes minutes */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + LONGEST_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`)
    await sleep(LOOK_MS)
  }
}
