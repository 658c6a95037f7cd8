import type { Logger } from "./logger.ts"

/**
 * Runs `drain` once on SIGTERM or SIGINT and lets the emptied event loop end the process; a second signal, or
 * `seconds` running out, ends it at once.
 *
 * @param seconds how long the drain may take
 */
export function onShutdown(log: Logger, seconds: number, drain: () => Promise<void>): void {
  let draining = false
  const stop = (signal: NodeJS.Signals) => {
    if (draining) process.exit(1)
    draining = true
    log.info({ signal }, "draining")
    setTimeout(() => {
      log.error({ seconds }, "drain took too long")
      process.exit(1)
    }, seconds * 1000).unref()
    drain().then(
      () => log.info("stopped"),
      (error: unknown) => {
        log.error({ err: error }, "drain failed")
        process.exit(1)
      },
    )
  }
  process.on("SIGTERM", stop)
  process.on("SIGINT", stop)
}
