import { noteEntry } from "./notes.ts"
import { openProcess } from "./open-process.ts"

/**
 * A process of its own that reads one note many times at once. Its database is its parent: it asks by
 * `"load"` and gets a row. `argv`: the url of Redis, the prefix of its keys, how many reads.
 */
const [, , url = "", prefix = "", reads = "0"] = process.argv

const ask = (question: unknown) =>
  new Promise<unknown>((resolve) => {
    process.once("message", resolve)
    process.send?.(question)
  })

await using own = openProcess({ url, prefix, timeoutMs: 20_000 })
await own.redis.send("ping")
await ask("ready")
const texts = await Promise.all(
  Array.from({ length: Number(reads) }, async () => {
    const note = await own.cache.read(noteEntry.key(1), async () => {
      await ask("load")
      return { version: 1, value: { text: "hot" } }
    })
    return note?.text
  }),
)
process.send?.({ texts: [...new Set(texts)] })
process.disconnect?.()
