import type { OutgoingHttpHeaders } from "node:http"
import type { Logger } from "@tintype/observe"
import { answerError } from "../answer.ts"
import type { Exchange, Handler, Refusal } from "../exchange.ts"
import { type Extras, noExtras } from "../figures/attempts.ts"
import { Delivery, type Dispatch } from "../proxy/delivery.ts"
import { Patience } from "../proxy/patience.ts"
import { openBody } from "../proxy/request-body.ts"
import { requestHeaders } from "../proxy/request-headers.ts"
import { Streams } from "../proxy/streams.ts"
import { Budget } from "../upstreams/budget.ts"
import type { Replicas } from "../upstreams/replicas.ts"
import { TailLatency } from "../upstreams/tail-latency.ts"

const RETRIES = { share: 0.2, perSecond: 10, most: 1_000 }
/** Both sides of a WebSocket send something, a ping at least, more often than this. */
const TUNNEL_SILENCE_MS = 120_000
const HEDGES = { share: 0.05, perSecond: 1, most: 100 }

export interface Forwarding {
  replicas: Replicas
  log: Logger
  /** Asks a second replica for reads that take long. */
  hedgeReads?: boolean
  /** Whether a 5xx speaks against the replica that gave it; by default it does. */
  judgesByStatus?: boolean
  /** Where streams are noted. */
  streams?: Streams
  /** Where repeats and hedges are counted. */
  extras?: Extras
  /** How long nothing may move on a WebSocket; 0 for any time. */
  tunnelSilenceMs?: number
  /** The document sent when no replica answers; by default `{"error": …}`. */
  unavailable?: (refusal: Refusal) => object
  /** Response headers that replace the replica's. */
  overlay?: OutgoingHttpHeaders
}

/** Hands the exchange to a replica, see `Delivery`. */
export function forward(forwarding: Forwarding): Handler {
  const { replicas, log, hedgeReads = false, streams = new Streams() } = forwarding
  const dispatch: Dispatch = {
    replicas,
    log,
    streams,
    judgesByStatus: forwarding.judgesByStatus ?? true,
    tunnelSilenceMs: forwarding.tunnelSilenceMs ?? TUNNEL_SILENCE_MS,
    retries: new Budget(RETRIES),
    hedges: hedgeReads ? new Budget(HEDGES) : undefined,
    extras: forwarding.extras ?? noExtras(),
    latency: new TailLatency(),
    patience: new Patience((delivery, isOurs) => delivery.onPatienceOver(isOurs)),
    unavailable: forwarding.unavailable ?? errorDocument,
    overlay: forwarding.overlay,
  }
  return (exchange) => {
    if (exchange.upgrade && !streams.hasRoom) return answerError(exchange, TOO_MANY, { "retry-after": "5" })
    const headers = requestHeaders(exchange)
    const body = exchange.keptBody ?? openBody(exchange)
    new Delivery({ exchange, headers, body }, dispatch).begin(replicaFor(exchange, replicas))
  }
}

const TOO_MANY: Refusal = { status: 503, error: "Too many streams are open" }

const errorDocument = ({ error }: Refusal) => ({ error })

function replicaFor({ chosenReplica }: Exchange, replicas: Replicas) {
  if (chosenReplica === undefined) return replicas.pick([])
  return replicas.all.find((each) => each.name === chosenReplica)
}
