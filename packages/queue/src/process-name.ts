import { randomBytes } from "node:crypto"
import { hostname } from "node:os"

/** What does not change of a process. Its name tells it from all others, also from those that had its number before. */
export function describeProcess() {
  const [host, { pid }] = [hostname(), process]
  const sinceMs = Date.now() - Math.round(process.uptime() * 1_000)
  return { name: `${host}:${pid}:${randomBytes(3).toString("hex")}`, host, pid, sinceMs }
}
