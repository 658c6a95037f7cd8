import { join } from "node:path"
import { readableLine } from "./log-lines.ts"
import { checkPort } from "./port-check.ts"
import { reloadOnChange } from "./reload.ts"
import { claimDataDir } from "./single-start.ts"
import { ROOT } from "./system/places.ts"
import { type System, startSystem } from "./system/start-system.ts"
import { startWebServer } from "./web-server.ts"

/** The whole system on this machine, with stores of its own and reload: `npx pnpm dev`. */

const DATA_DIR = join(ROOT, ".dev")

const started = Date.now()
const say = (message: string) =>
  console.log(readableLine(`${((Date.now() - started) / 1000).toFixed(1)} s`, message))

function wholeNumber(name: string, fallback: number, most: number): number {
  const text = process.env[name]
  if (!text) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Error(`${name} must be a whole number from 1 to ${most}.`)
  return value
}

function welcome(system: System): void {
  console.log(`
  Tintype is ready:  ${system.gatewayUrl}
  The API by page:   ${system.gatewayUrl}/api/docs

  The first account that signs up becomes the admin.
  Photos and databases are kept in ${DATA_DIR}. Ctrl-C stops everything.
`)
}

/** Resolves with the first signal; a second one ends the process at once. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1)
        asked = true
        resolve(signal)
      })
    }
  })
}

async function run(stack: AsyncDisposableStack): Promise<void> {
  const port = wholeNumber("PORT", 8080, 65_535)
  stack.defer(claimDataDir(DATA_DIR, `http://localhost:${port}`))
  await checkPort(port)
  say("starting the web app")
  const web = await startWebServer((line) => line.trim() && console.log(readableLine("web", line)))
  stack.defer(() => web.stop())
  const system = await startSystem({
    dataDir: DATA_DIR,
    port,
    apiReplicas: wholeNumber("API_REPLICAS", 1, 16),
    workerReplicas: wholeNumber("WORKER_REPLICAS", 1, 16),
    env: { ...process.env, WEB_DEV_URL: web.url },
    say,
    onLine: (tier, line) => console.log(readableLine(tier, line)),
  })
  stack.defer(() => system.stop())
  stack.defer(reloadOnChange(system, say))
  await system.untilHealthy()
  welcome(system)
}

const stack = new AsyncDisposableStack()
const signal = untilSignal()
try {
  await Promise.race([run(stack), signal])
  say(`${await signal}: stopping`)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
await stack.disposeAsync()
if (process.exitCode === undefined) say("stopped")
process.exit()
