import { open } from "node:fs/promises"
import { join } from "node:path"
import { answerError } from "../answer.ts"
import { beginResponse, type Handler } from "../exchange.ts"

/** Where an authority looks whether a name is ours (RFC 8555 §8.3), and how its tokens are written. */
export const CHALLENGES = "/.well-known/acme-challenge"
const TOKEN = /^[\w-]{1,128}$/
const MAX_BYTES = 4096

/** Shows the files that an ACME client puts into `dir` to prove that this name is ours. */
export function answerChallenge(dir: string): Handler {
  return async (exchange) => {
    const token = exchange.path.slice(CHALLENGES.length + 1)
    const body = TOKEN.test(token) ? await readStart(join(dir, CHALLENGES, token)) : undefined
    if (!body) return answerError(exchange, { status: 404, error: "Not found" })
    const begun = beginResponse(exchange, 200, {
      "content-type": "application/octet-stream",
      "content-length": body.length,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    if (begun) exchange.res.end(body)
  }
}

async function readStart(path: string): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, "r")
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } catch {
    return undefined
  }
}
