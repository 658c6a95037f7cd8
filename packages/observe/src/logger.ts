import { type Logger, pino } from "pino"
import { traceIdOf } from "./tracing/span.ts"
import { currentTrace, currentTraceparent } from "./tracing/trace.ts"

export type { Logger }

/** Header and field names whose values never reach a log line. */
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "password",
  "token",
  "access_token",
  "client_secret",
  "code",
]

/** What a line belongs to: the request, or that which began the job, and the trace if there is one. */
function traceFields(): object {
  const trace = currentTrace()
  const traceparent = currentTraceparent()
  return { ...(trace && { trace }), ...(traceparent && { traceId: traceIdOf(traceparent) }) }
}

/**
 * The logger of one process: JSON lines on stdout, `service` in every line.
 *
 * @param service the tier's name, such as `api`
 * @param level the least severe level written
 * @param fd where to: 2 for programs whose standard output is for something else
 */
export function createLogger(service: string, level: string, fd: 1 | 2 = 1): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      mixin: traceFields,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[secret]",
      },
    },
    pino.destination(fd),
  )
}
