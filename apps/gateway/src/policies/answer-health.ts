import { answerError, answerJson } from "../answer.ts"
import type { Handler } from "../exchange.ts"
import { type Forwarding, forward } from "./forward.ts"

/**
 * `/health` tells whether the whole stack is ready: the api's answer, or 503 while no api process gives one.
 * `/health/live` tells that this process lives, whatever is behind it.
 */
export function answerHealth(api: Forwarding): Handler {
  const askApi = forward({
    ...api,
    // It tells of the whole stack, not of the replica that was asked.
    judgesByStatus: false,
    unavailable: ({ error }) => ({ status: "unavailable", tier: "api", error }),
  })
  return (exchange) => {
    if (exchange.path === "/health") return askApi(exchange)
    if (exchange.path === "/health/live") return answerJson(exchange, 200, { status: "ok" })
    return answerError(exchange, { status: 404, error: "Not found" })
  }
}
