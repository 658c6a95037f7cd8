import { Redis } from "ioredis"
import { type Violation, violating } from "./violation.ts"

const left = violating("the queue is empty")

/** What BullMQ, the sweepers and the workers keep while no job is there. */
const FURNITURE =
  /:(meta|id|events|marker|stalled-check|pc|epoch|ticks|workers|repair|metrics.*)$|:rate:|:\{queue\}:/

/** Nothing of a job that is over stays in Redis. */
export async function checkQueue(url: string): Promise<Violation[]> {
  const redis = new Redis(url, { retryStrategy: null })
  try {
    const found: Violation[] = []
    for (let cursor = "0"; ; ) {
      const [next, keys] = await redis.scan(cursor, "COUNT", 1000)
      for (const key of keys) if (!FURNITURE.test(key)) found.push(left(key))
      cursor = next
      if (cursor === "0") return found
    }
  } finally {
    redis.disconnect()
  }
}
