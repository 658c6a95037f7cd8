import type { OutgoingHttpHeaders } from "node:http"
import type { Logger } from "@tintype/observe"
import { answerJson, hasBody } from "../answer.ts"
import type { Exchange, Handler, Refusal } from "../exchange.ts"
import { type Failure, Passage, refusalFor } from "../proxy/passage.ts"
import { BodyRefused, RequestBody } from "../proxy/request-body.ts"
import { requestHeaders } from "../proxy/request-headers.ts"
import type { Replica } from "../upstreams/replica.ts"
import type { Replicas } from "../upstreams/replicas.ts"
import { bodyTooLarge } from "./limit-body.ts"

const MAX_ATTEMPTS = 3
const UPLOAD_IDLE_MS = 30_000

export interface Forwarding {
  replicas: Replicas
  log: Logger
  /** The document sent when no replica answers; by default `{"error": …}`. */
  unavailable?: (refusal: Refusal) => object
  /** Response headers that replace the replica's. */
  overlay?: OutgoingHttpHeaders
}

/**
 * Hands the exchange to a replica. Another one gets it when the first could not be connected to, or, for what may
 * safely be done twice, when it broke the connection before answering; never once part of a body was sent.
 */
export function forward({ replicas, log, unavailable = errorDocument, overlay }: Forwarding): Handler {
  return (exchange) => {
    const headers = requestHeaders(exchange)
    const body = hasBody(exchange.req) ? openBody(exchange) : null
    const tried = new Set<Replica>()

    const giveUp = (refusal: Refusal) => {
      const headers = refusal.status === 503 ? { "retry-after": "1" } : {}
      answerJson(exchange, refusal.status, unavailable(refusal), headers)
    }

    const attempt = (last?: Failure) => {
      const replica = tried.size < MAX_ATTEMPTS ? replicas.pick(tried) : undefined
      if (!replica) return giveUp(refusalFor(last ?? NONE))
      tried.add(replica)
      const onFailure = (failure: Failure) => {
        if (!failure.sent) replica.rest(performance.now())
        if (!(failure.error instanceof BodyRefused)) {
          log.warn(
            { err: failure.error, replica: replica.name, requestId: exchange.requestId },
            "attempt failed",
          )
        }
        if (failure.repeatable) attempt(failure)
        else giveUp(refusalFor(failure))
      }
      const passage = new Passage({ exchange, replica, body, overlay, onFailure })
      passage.start(headers)
    }

    attempt()
  }
}

const NONE: Failure = { error: new Error("no replica"), sent: false, repeatable: false }

const errorDocument = ({ error }: Refusal) => ({ error })

function openBody(exchange: Exchange): RequestBody {
  return new RequestBody(exchange.req, {
    max: exchange.bodyLimit,
    tooLarge: bodyTooLarge(exchange.bodyLimit),
    idleMs: UPLOAD_IDLE_MS,
    onStart: () => {
      if (!exchange.awaitsContinue) return
      exchange.awaitsContinue = false
      exchange.res.writeContinue()
    },
  })
}
