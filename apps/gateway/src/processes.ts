import cluster, { type Worker } from "node:cluster"
import { once } from "node:events"
import { type Logger, onShutdown } from "@tintype/observe"

const RELEASE = "release"
/** Between two starts of a process that keeps dying. */
const RESTART_MS = 1_000
/** A process that does not listen by then is given up, and the one that it was to replace stays. */
const START_MS = 30_000

/**
 * Keeps `count` processes of this program serving one port. This one accepts the connections and hands them on in
 * turn, so none is lost whichever of them ends. SIGHUP replaces all, one after another: each gives up its place only
 * when its successor listens, and finishes what it has.
 */
export function keepProcesses(count: number, drainSeconds: number, log: Logger): void {
  const serving = new Set<Worker>()
  let stopping = false
  let reloading = false
  let hasServed = false
  cluster.once("listening", () => {
    hasServed = true
  })

  const start = (): Worker => {
    const worker = cluster.fork()
    serving.add(worker)
    worker.once("exit", (code, signal) => {
      if (!serving.delete(worker) || stopping) return
      // A setting that makes no sense does not get better by trying again.
      if (!hasServed) process.exit(1)
      log.error({ pid: worker.process.pid, code, signal }, "process ended, starting another")
      setTimeout(() => !stopping && start(), RESTART_MS)
    })
    return worker
  }

  const release = (worker: Worker) => {
    serving.delete(worker)
    if (worker.isConnected()) worker.send(RELEASE)
    setTimeout(() => worker.process.kill("SIGKILL"), drainSeconds * 1000).unref()
  }

  const reload = async () => {
    if (reloading || stopping) return
    reloading = true
    for (const old of [...serving]) {
      const fresh = start()
      const listens = await once(fresh, "listening", { signal: AbortSignal.timeout(START_MS) }).catch(
        () => null,
      )
      if (stopping) break
      if (!listens) {
        log.error("the new process does not listen; keeping the others")
        break
      }
      release(old)
    }
    reloading = false
    log.info("reloaded")
  }

  for (let n = 0; n < count; n++) start()
  process.on("SIGHUP", () => void reload())
  onShutdown(log, drainSeconds, async () => {
    stopping = true
    const all = Object.values(cluster.workers ?? {}).filter((each) => each !== undefined)
    const ended = all.map((each) => once(each, "exit"))
    for (const each of all) release(each)
    await Promise.all(ended)
  })
}

/**
 * Runs `drain` once, when the process that keeps this one releases it or is gone. Signals are that one's business: a
 * terminal sends them to both.
 */
export function onRelease(log: Logger, drain: () => Promise<void>): void {
  let draining = false
  const release = () => {
    if (draining) return
    draining = true
    log.info("draining")
    drain()
      .catch((error: unknown) => log.error({ err: error }, "drain failed"))
      .finally(() => process.exit())
  }
  process.on("SIGINT", () => {})
  process.on("SIGTERM", release)
  process.on("message", (message) => {
    if (message === RELEASE) release()
  })
  process.once("disconnect", release)
}
