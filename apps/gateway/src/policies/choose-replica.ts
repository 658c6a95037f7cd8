import { createHash, timingSafeEqual } from "node:crypto"
import { answerError } from "../answer.ts"
import type { Policy } from "../exchange.ts"

/** Names the replica that shall answer, as `host:port`. */
export const REPLICA_HEADER = "x-tintype-replica"
/** Carries the secret that allows it. */
export const SECRET_HEADER = "x-tintype-debug-secret"

/**
 * Lets whoever knows the secret choose the replica that answers, also one that is passed over otherwise. Nothing is
 * repeated elsewhere then.
 *
 * @param secret without one nobody may choose
 */
export function chooseReplica(secret: string | undefined): Policy {
  return (next) => (exchange) => {
    const { [REPLICA_HEADER]: name, [SECRET_HEADER]: given } = exchange.req.headers
    if (name === undefined) return next(exchange)
    if (secret === undefined || typeof given !== "string" || !isSame(secret, given)) {
      return answerError(exchange, { status: 403, error: "Choosing a replica takes the debug secret" })
    }
    exchange.chosenReplica = String(name)
    return next(exchange)
  }
}

/** Compares in a time that tells nothing, not even of the length. */
function isSame(secret: string, given: string): boolean {
  const [a, b] = [secret, given].map((each) => createHash("sha256").update(each).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
