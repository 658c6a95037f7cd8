import { join, relative } from "node:path"
import { readableLine } from "./command/log-lines.ts"
import { checkPort } from "./command/port-check.ts"
import { reloadOnChange } from "./command/reload.ts"
import { claimDataDir } from "./command/single-start.ts"
import { untilToldToStop } from "./command/stop-signal.ts"
import { writeStoreAddresses } from "./command/store-addresses.ts"
import { ROOT } from "./system/places.ts"
import { type System, startSystem } from "./system/start-system.ts"
import { startWebServer } from "./system/web-server.ts"

/** The whole system on this machine, with stores of its own and reload: `npx pnpm dev`. */

const DATA_DIR = process.env.DEV_DIR || join(ROOT, ".dev")

const started = Date.now()
const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`
const say = (message: string) => console.log(readableLine(seconds(), message))
const show = (label: string, line: string) => line.trim() && console.log(readableLine(label, line))

function wholeNumber(name: string, fallback: number, most: number): number {
  const text = process.env[name]
  if (!text) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Error(`${name} must be a whole number from 1 to ${most}.`)
  return value
}

function welcome(system: System): void {
  const addresses = relative(process.cwd(), writeStoreAddresses(DATA_DIR, system))
  console.log(`
  Tintype is ready after ${seconds()}:  ${system.gatewayUrl}
  The API by page:  ${system.gatewayUrl}/api/docs

  The first account that signs up becomes the admin.
  Photos and databases are kept in ${DATA_DIR}, their addresses in ${addresses}.
  Ctrl-C stops everything.
`)
}

/** A system that does not come up is left running: the next change of a file may mend it. */
async function untilReady(system: System): Promise<void> {
  for (;;) {
    try {
      return await system.untilHealthy()
    } catch (error) {
      say(`${error instanceof Error ? error.message : error}\nWaiting for a change of the sources.`)
    }
  }
}

async function run(stack: AsyncDisposableStack): Promise<void> {
  const port = wholeNumber("PORT", 8080, 65_535)
  const apiReplicas = wholeNumber("API_REPLICAS", 1, 16)
  const workerReplicas = wholeNumber("WORKER_REPLICAS", 1, 16)
  stack.defer(claimDataDir(DATA_DIR, `http://localhost:${port}`))
  await checkPort(port)
  say("starting the web app")
  const web = await startWebServer({ say, onLine: (line) => show("web", line) })
  stack.defer(() => web.process.stop())
  const system = await startSystem({
    dataDir: DATA_DIR,
    port,
    apiReplicas,
    workerReplicas,
    // A reload must not wait for what is only there to save requests in production.
    env: { DRAIN_SECONDS: "2", ...process.env, WEB_DEV_URL: web.url },
    say,
    onLine: show,
  })
  stack.defer(() => system.stop())
  stack.defer(reloadOnChange({ system, say }))
  await untilReady(system)
  welcome(system)
}

const stack = new AsyncDisposableStack()
const told = untilToldToStop()
try {
  await Promise.race([run(stack), told])
  say(`${await told}: stopping`)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
await stack.disposeAsync()
if (process.exitCode === undefined) say("stopped")
process.exit()
