import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { accepts } from "../services/child.ts"
import { freePort } from "../services/free-port.ts"
import { signingSecret } from "./signing-secret.ts"
import { openStores, type StoreUrls } from "./stores.ts"
import { Tier, type TierName } from "./tier.ts"

export interface SystemOptions {
  /** What the system keeps: databases, photos, secrets. */
  dataDir: string
  /** The gateway's port; any free one if not given. */
  port?: number
  apiReplicas?: number
  workerReplicas?: number
  /** Run the built files instead of the sources. */
  bundled?: boolean
  /** False for tests: quicker, and lost with the machine's power. */
  durable?: boolean
  /** Further environment of the tiers, and stores that are there already. */
  env?: Record<string, string | undefined>
  say?: (message: string) => void
  onLine?: (tier: string, line: string) => void
}

export interface System {
  gatewayUrl: string
  apiUrls: string[]
  stores: StoreUrls
  blobDir: string
  tiers: readonly Tier[]
  tier(name: TierName, index?: number): Tier
  /** Until `GET /health` says 200. @throws after `seconds` */
  untilHealthy(seconds?: number): Promise<void>
  stop(): Promise<void>
}

type Environment = Record<string, string | undefined>

function tiersOf(options: SystemOptions, env: Environment, port: number, apiPorts: number[]): Tier[] {
  const { bundled = false, workerReplicas = 1, say = () => {}, onLine = () => {} } = options
  const tier = (name: TierName, index: number, own: Environment) =>
    new Tier({ name, index, bundled, onLine, say, env: { ...env, ...own } })
  const upstreams = apiPorts.map((each) => `http://127.0.0.1:${each}`).join(",")
  return [
    ...apiPorts.map((each, index) => tier("api", index, { API_HOST: "127.0.0.1", API_PORT: String(each) })),
    ...Array.from({ length: workerReplicas }, (_, index) => tier("worker", index, {})),
    tier("gateway", 0, { PORT: String(port), API_UPSTREAMS: upstreams }),
  ]
}

async function untilHealthy(url: string, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  let last = "no answer"
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3_000) })
      last = await response.text()
      if (response.ok) return
    } catch (error) {
      last = error instanceof Error ? String(error.cause ?? error.message) : "no answer"
    }
    await sleep(100)
  }
  throw new Error(`The system was not ready after ${seconds} s: ${last.slice(0, 500)}`)
}

/** Waits until the api's processes listen; what keeps them from it, their logs tell. */
async function untilAccepting(ports: readonly number[]): Promise<void> {
  const deadline = Date.now() + 15_000
  while (Date.now() < deadline && !(await Promise.all(ports.map(accepts))).every(Boolean)) await sleep(50)
}

/** Starts every tier on this machine, with stores of its own unless the environment names some. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { dataDir, apiReplicas = 1, durable = true, say = () => {} } = options
  await using opened = new AsyncDisposableStack()
  const given = options.env ?? {}
  const stores = await openStores({
    dataDir,
    given,
    durable,
    say,
    started: (server) => opened.defer(() => server.stop()),
  })
  const port = options.port ?? (await freePort())
  const apiPorts: number[] = []
  for (let index = 0; index < apiReplicas; index++) apiPorts.push(await freePort())
  const gatewayUrl = `http://localhost:${port}`
  const blobDir = given.BLOB_DIR ?? join(dataDir, "photos")
  const secret = given.SIGNING_SECRET ?? signingSecret(dataDir)
  const env = {
    PATH: process.env.PATH,
    PUBLIC_URL: gatewayUrl,
    ...given,
    ...stores,
    BLOB_DIR: blobDir,
    SIGNING_SECRET: secret,
  }
  const tiers = tiersOf(options, env, port, apiPorts)
  for (const tier of tiers) {
    opened.defer(() => tier.stop())
    // The gateway comes last, so that it finds somebody to ask.
    if (tier.name === "gateway") await untilAccepting(apiPorts)
    say(`starting ${tier.label}`)
    await tier.start()
  }
  const kept = opened.move()
  return {
    gatewayUrl,
    apiUrls: apiPorts.map((each) => `http://127.0.0.1:${each}`),
    stores,
    blobDir,
    tiers,
    tier(name, index = 0) {
      const found = tiers.filter((tier) => tier.name === name)[index]
      if (!found) throw new Error(`there is no ${name} ${index}`)
      return found
    },
    untilHealthy: (seconds = 60) => untilHealthy(gatewayUrl, seconds),
    stop: () => kept.disposeAsync(),
  }
}
