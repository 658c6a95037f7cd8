import { join } from "node:path"
import { freePort } from "../services/free-port.ts"
import { untilHealthy } from "./health.ts"
import { signingSecret } from "./signing-secret.ts"
import { migrateDatabase, openStores, type Store, type StoreName, type StoreUrls } from "./stores.ts"
import type { Supervised } from "./supervised.ts"
import { type Tier, type TierName, tierOf } from "./tier.ts"

type Environment = Record<string, string | undefined>

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
  env?: Environment
  /** Where a tier is told that its stores are: in front of them may be something that makes the way hard. */
  wayTo?: (tier: TierName, stores: StoreUrls) => Promise<StoreUrls>
  say?: (message: string) => void
  onLine?: (tier: string, line: string) => void
}

export interface System {
  gatewayUrl: string
  apiUrls: string[]
  stores: StoreUrls
  blobDir: string
  /** What every tier is started with. */
  env: Environment
  tiers: readonly Tier[]
  tier(name: TierName, index?: number): Tier
  /** A store that was started, not given. */
  store(name: StoreName): Store
  /** Until `GET /health` says 200. @throws after `seconds`, or when a process keeps crashing */
  untilHealthy(seconds?: number): Promise<void>
  /** Runs the migrations that are new since the start. */
  migrate(): Promise<void>
  stop(): Promise<void>
}

interface Addresses {
  port: number
  apiPorts: number[]
}

type Ways = Record<TierName, StoreUrls>

function tiersOf(
  options: SystemOptions,
  env: Environment,
  ways: Ways,
  { port, apiPorts }: Addresses,
): Tier[] {
  const { bundled = false, workerReplicas = 1, say = () => {}, onLine = () => {} } = options
  const tier = (name: TierName, index: number, own: Environment) =>
    tierOf({ name, index, bundled, onLine, say, env: { ...env, ...ways[name], ...own } })
  const upstreams = apiPorts.map((each) => `http://127.0.0.1:${each}`).join(",")
  return [
    ...apiPorts.map((each, index) => tier("api", index, { API_HOST: "127.0.0.1", API_PORT: String(each) })),
    ...Array.from({ length: workerReplicas }, (_, index) => tier("worker", index, {})),
    tier("gateway", 0, { PORT: String(port), API_UPSTREAMS: upstreams }),
  ]
}

function pick<P extends Supervised>(processes: readonly P[], name: string, index = 0): P {
  const found = processes.filter((each) => each.name === name)[index]
  if (!found) throw new Error(`there is no ${name} ${index} that was started here`)
  return found
}

/** All at once: requests and jobs in flight finish while their stores are still there. */
const stopAll = (processes: readonly Supervised[]) => Promise.all(processes.map((each) => each.stop()))

/** Starts every tier on this machine, with stores of its own unless the environment names some. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { dataDir, apiReplicas = 1, durable = true, say = () => {}, env: given = {} } = options
  await using opened = new AsyncDisposableStack()
  const storesStarted: Store[] = []
  const started = (store: Store) => {
    storesStarted.push(store)
    opened.defer(() => store.stop())
  }
  const stores = await openStores({ dataDir, given, durable, say, started })
  const port = options.port ?? (await freePort())
  const apiPorts = await Promise.all(Array.from({ length: apiReplicas }, freePort))
  const gatewayUrl = `http://localhost:${port}`
  const blobDir = given.BLOB_DIR || join(dataDir, "photos")
  const env = {
    PATH: process.env.PATH,
    PUBLIC_URL: gatewayUrl,
    ...given,
    ...stores,
    BLOB_DIR: blobDir,
    SIGNING_SECRET: given.SIGNING_SECRET || signingSecret(dataDir),
  }
  const wayOf = async (tier: TierName) => (options.wayTo ? options.wayTo(tier, stores) : stores)
  const [gateway, api, worker] = await Promise.all([wayOf("gateway"), wayOf("api"), wayOf("worker")])
  const tiers = tiersOf(options, env, { gateway, api, worker }, { port, apiPorts })
  say(`starting ${tiers.map(({ label }) => label).join(", ")}`)
  opened.defer(async () => void (await stopAll(tiers)))
  await Promise.all(tiers.map((tier) => tier.start()))
  const kept = opened.move()
  return {
    gatewayUrl,
    apiUrls: apiPorts.map((each) => `http://127.0.0.1:${each}`),
    stores,
    blobDir,
    env,
    tiers,
    tier: (name, index) => pick(tiers, name, index),
    store: (name) => pick(storesStarted, name),
    untilHealthy: (seconds = 60) =>
      untilHealthy({ url: gatewayUrl, ports: [...apiPorts, port], processes: tiers, seconds }),
    migrate: () => migrateDatabase(stores.DATABASE_DIRECT_URL, say),
    stop: () => kept.disposeAsync(),
  }
}
