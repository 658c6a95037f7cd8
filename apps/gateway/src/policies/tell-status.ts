import type { OutgoingHttpHeaders } from "node:http"
import type { GatewayStatus } from "@tintype/contract/at-the-gateway"
import { answerJson } from "../answer.ts"
import { beginResponse, type Exchange, type Handler, type Policy } from "../exchange.ts"
import { OriginReply, originExchange, type Receiver } from "../http-cache/origin-request.ts"

const PATH = "/api/tintype/v1/admin/gateway"

/** What the api says of its own document, which is not the one that is sent. */
const OF_THE_BODY = ["content-length", "content-encoding", "transfer-encoding", "etag", "last-modified"]

/**
 * Answers admins what this process knows of itself. The api is asked the same and decides who is one: its refusals are
 * passed on, its 200 gets another body. After the cache in the chain, so that who is an admin is asked each time.
 */
export function tellStatus(status: () => Promise<GatewayStatus>): Policy {
  return (next) => (exchange) => {
    if (exchange.path !== PATH || exchange.req.method !== "GET") return next(exchange)
    return askFirst(exchange, next, async (headers) => {
      for (const name of OF_THE_BODY) delete headers[name]
      const document = { gateway: await status() }
      answerJson(exchange, 200, document, { ...headers, "cache-control": "no-store" })
    })
  }
}

/** Has `next` answer, and `admitted` instead where that is a 200. */
function askFirst(
  exchange: Exchange,
  next: Handler,
  admitted: (headers: OutgoingHttpHeaders) => Promise<void>,
): void | Promise<void> {
  const { res } = exchange
  let allowed: OutgoingHttpHeaders | undefined
  const receiver: Receiver = {
    onInterim() {},
    onHead(status, headers) {
      if (status === 200) allowed = headers
      else beginResponse(exchange, status, headers)
    },
    onData(chunk, taken) {
      if (!allowed) res.write(chunk)
      taken()
    },
    onEnd() {
      if (allowed) admitted(allowed).catch(() => res.destroy())
      else res.end()
    },
    onFailure: () => res.destroy(),
  }
  const reply = new OriginReply(receiver).on("error", () => {})
  res.once("close", () => reply.destroy())
  return next(originExchange(exchange, reply, undefined))
}
