import {
  ConfigError,
  type Env,
  processEnv,
  readChoice,
  readFlag,
  readInteger,
  readList,
  readSecret,
  readText,
  requireSecret,
  requireText,
  requireUrl,
} from "./env.ts"
import { type MetricsConfig, metricsConfig, type TracingConfig, tracingConfig } from "./observe-config.ts"
import { type RateLimits, rateLimits } from "./rate-limits.ts"
import { type TlsConfig, tlsConfig } from "./tls-config.ts"

const MIB = 1024 * 1024

/** What every process shares. */
export interface BaseConfig {
  logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace"
  /** Seconds a process may take to finish its work after SIGTERM. */
  drainSeconds: number
  metrics: MetricsConfig | undefined
  tracing: TracingConfig | undefined
}

/** Where photos lie and how their URLs are signed: shared by gateway, api and worker. */
export interface BlobConfig {
  blobDir: string
  signingSecret: string
}

/** The stores behind api and worker. */
export interface StoresConfig {
  /** Through the pooler, transaction mode. */
  databaseUrl: string
  databasePoolSize: number
  redisQueueUrl: string
  redisCacheUrl: string
}

/** What a member or a client sees of this instance. */
export interface InstanceConfig {
  /** Scheme, host and port under which members reach the gateway, without a slash at the end. */
  publicUrl: string
  title: string
  description: string
  contactEmail: string
  /** Where the source of what runs here can be had. */
  sourceUrl: string | undefined
  registrationsOpen: boolean
  /** OAuth's password grant: for test runs with clients that still need it. */
  passwordGrant: boolean
  uploadMaxBytes: number
  /** Posts of accounts with more followers are merged into home timelines when they are read. */
  pushedFollowers: number
}

export interface GatewayConfig extends BaseConfig, BlobConfig {
  host: string
  port: number
  publicUrl: string
  /** Without it HTTP is spoken bare. */
  tls: TlsConfig | undefined
  /** For how long browsers are to come by TLS alone; 0 for not at all. */
  hstsSeconds: number
  /** `http://host:port` each one replica; `dns+http://name:port` each address behind the name a replica. */
  apiUpstreams: readonly string[]
  /** How a replica is chosen. */
  balance: "least-busy" | "round-robin"
  /** Asks a second replica for reads that take longer than nearly all others. */
  hedgeReads: boolean
  /** Requests passed on to the api at a time, and uploads besides. */
  maxRequests: number
  /** Lets whoever knows it choose the replica that answers; nobody may without one. */
  debugSecret: string | undefined
  /** Processes that share the port. */
  processes: number
  /** Lets the kernel spread connections over all that listen on the port, other gateways included. */
  reusePort: boolean
  /** The built web app; absent while a development server (`webDevUrl`) serves it. */
  webDir: string | undefined
  webDevUrl: string | undefined
  /** Peers whose X-Forwarded-* are believed: addresses or CIDR ranges. */
  trustedProxies: readonly string[]
  uploadMaxBytes: number
  /** The share of requests, from 0 to 1, that get a line in the access log besides those that fail. */
  accessLogShare: number
  /** How often the api may be asked; without them as often as one likes. */
  rateLimits: RateLimits | undefined
  /** Addresses or CIDR ranges that are not counted. */
  rateLimitExempt: readonly string[]
  /** Memory for the photos asked for last; 0 keeps none. */
  photoCacheMaxBytes: number
  /** Memory for cached responses; 0 keeps none. */
  httpCacheMaxBytes: number
  /** Where purges of cached responses are heard, and requests counted over all gateways. */
  redisCacheUrl: string | undefined
}

export interface ApiConfig extends BaseConfig, BlobConfig, StoresConfig, InstanceConfig {
  host: string
  port: number
  /** How old the oldest waiting job of a class may be, and how many may wait, before members have to come back later. */
  queueMaxWaitSeconds: number
  queueMaxJobs: number
}

/** Classes of jobs, and how many of each a process does at once unless told otherwise. */
const CONCURRENCY = { media: 2, feed: 8, notify: 8, mail: 4, push: 8, transfer: 2, upkeep: 4 } as const

export type WorkerClass = keyof typeof CONCURRENCY

const WORKER_CLASSES = Object.keys(CONCURRENCY) as WorkerClass[]

export interface WorkerConfig extends BaseConfig, BlobConfig, StoresConfig, InstanceConfig {
  /** The classes that this process works on. */
  classes: readonly WorkerClass[]
  /** Jobs at once. A photo takes about one core and up to `developMemoryMib` of memory. */
  concurrency: Readonly<Record<WorkerClass, number>>
  developMemoryMib: number
  developSeconds: number
  /** A file that is written every few seconds while the process is alive. */
  heartbeatPath: string | undefined
}

/** What commands at a shell work with: the stores, as an api process sees them. */
export interface CliConfig extends BaseConfig, BlobConfig, StoresConfig, InstanceConfig {}

export interface MigrateConfig extends BaseConfig {
  /** Straight to Postgres: migrations need a session. */
  databaseDirectUrl: string
}

const HTTP = ["http:", "https:"]
const POSTGRES = ["postgres:", "postgresql:"]
const REDIS = ["redis:", "rediss:"]

function baseConfig(env: Env): BaseConfig {
  return {
    logLevel: readChoice(env, "LOG_LEVEL", ["fatal", "error", "warn", "info", "debug", "trace"], "info"),
    drainSeconds: readInteger(env, "DRAIN_SECONDS", 10, 1, 600),
    metrics: metricsConfig(env),
    tracing: tracingConfig(env),
  }
}

function blobConfig(env: Env): BlobConfig {
  return { blobDir: requireText(env, "BLOB_DIR"), signingSecret: requireSecret(env, "SIGNING_SECRET") }
}

function storesConfig(env: Env): StoresConfig {
  const redisQueueUrl = requireUrl(env, "REDIS_QUEUE_URL", REDIS).href
  const redisCacheUrl = requireUrl(env, "REDIS_CACHE_URL", REDIS).href
  if (redisQueueUrl === redisCacheUrl) {
    throw new ConfigError(
      "REDIS_QUEUE_URL and REDIS_CACHE_URL must differ: the cache evicts, the queue must not",
    )
  }
  return {
    databaseUrl: requireUrl(env, "DATABASE_URL", POSTGRES).href,
    databasePoolSize: readInteger(env, "DATABASE_POOL_SIZE", 10, 1, 200),
    redisQueueUrl,
    redisCacheUrl,
  }
}

function publicUrl(env: Env): string {
  const url = requireUrl(env, "PUBLIC_URL", HTTP, `http://localhost:${env.PORT ?? 8080}`)
  if (url.pathname !== "/" || url.search || url.hash) {
    throw new ConfigError("PUBLIC_URL must hold scheme, host and port alone")
  }
  return url.origin
}

const sourceUrl = (env: Env) =>
  readText(env, "SOURCE_URL") ? requireUrl(env, "SOURCE_URL", HTTP).href : undefined

const uploadMaxBytes = (env: Env) => readInteger(env, "UPLOAD_MAX_MIB", 40, 1, 1024) * MIB

function instanceConfig(env: Env): InstanceConfig {
  return {
    publicUrl: publicUrl(env),
    title: readText(env, "INSTANCE_TITLE") ?? "Tintype",
    description: readText(env, "INSTANCE_DESCRIPTION") ?? "Photos, shared by the people who took them.",
    contactEmail: readText(env, "CONTACT_EMAIL") ?? "",
    sourceUrl: sourceUrl(env),
    registrationsOpen: readFlag(env, "REGISTRATIONS_OPEN", true),
    passwordGrant: readFlag(env, "PASSWORD_GRANT", false),
    uploadMaxBytes: uploadMaxBytes(env),
    pushedFollowers: readInteger(env, "FEED_PUSHED_FOLLOWERS", 10_000, 0, 10_000_000),
  }
}

function upstreams(env: Env): string[] {
  const list = readList(env, "API_UPSTREAMS", "http://127.0.0.1:3000")
  for (const each of list) {
    const url = URL.parse(each)
    if (!url || !["http:", "dns+http:"].includes(url.protocol) || !url.port) {
      throw new ConfigError(
        "API_UPSTREAMS must list http://host:port or dns+http://name:port, split by commas",
      )
    }
  }
  return list
}

/** @throws ConfigError naming the variable at fault. */
export function loadGatewayConfig(env: Env = processEnv()): GatewayConfig {
  return {
    ...baseConfig(env),
    ...blobConfig(env),
    host: readText(env, "HOST") ?? "0.0.0.0",
    port: readInteger(env, "PORT", 8080, 0, 65_535),
    publicUrl: publicUrl(env),
    tls: tlsConfig(env, publicUrl(env)),
    hstsSeconds: readInteger(env, "HSTS_SECONDS", 15_552_000, 0, 63_072_000),
    apiUpstreams: upstreams(env),
    balance: readChoice(env, "API_BALANCE", ["least-busy", "round-robin"], "least-busy"),
    hedgeReads: readFlag(env, "HEDGE_READS", true),
    maxRequests: readInteger(env, "GATEWAY_MAX_REQUESTS", 1_000, 1, 100_000),
    debugSecret: readSecret(env, "GATEWAY_DEBUG_SECRET"),
    processes: readInteger(env, "GATEWAY_PROCESSES", 1, 1, 64),
    reusePort: readFlag(env, "REUSE_PORT", false),
    webDir: readText(env, "WEB_DIR"),
    webDevUrl: readText(env, "WEB_DEV_URL"),
    trustedProxies: readList(env, "TRUSTED_PROXIES", ""),
    uploadMaxBytes: uploadMaxBytes(env),
    accessLogShare: readInteger(env, "ACCESS_LOG_PERCENT", 100, 0, 100) / 100,
    rateLimits: rateLimits(env),
    rateLimitExempt: readList(env, "RATE_LIMIT_EXEMPT", "127.0.0.0/8,::1"),
    photoCacheMaxBytes: readInteger(env, "PHOTO_CACHE_MIB", 64, 0, 65_536) * MIB,
    httpCacheMaxBytes: readInteger(env, "HTTP_CACHE_MIB", 64, 0, 65_536) * MIB,
    redisCacheUrl: readText(env, "REDIS_CACHE_URL") && requireUrl(env, "REDIS_CACHE_URL", REDIS).href,
  }
}

/** @throws ConfigError naming the variable at fault. */
export function loadApiConfig(env: Env = processEnv()): ApiConfig {
  return {
    ...baseConfig(env),
    ...blobConfig(env),
    ...storesConfig(env),
    ...instanceConfig(env),
    host: readText(env, "API_HOST") ?? "0.0.0.0",
    port: readInteger(env, "API_PORT", 3000, 0, 65_535),
    queueMaxWaitSeconds: readInteger(env, "QUEUE_MAX_WAIT_SECONDS", 300, 1, 86_400),
    queueMaxJobs: readInteger(env, "QUEUE_MAX_JOBS", 20_000, 1, 1_000_000),
  }
}

/** @throws ConfigError naming the variable at fault. */
export const loadCliConfig = (env: Env = processEnv()): CliConfig => ({
  ...baseConfig(env),
  ...blobConfig(env),
  ...storesConfig(env),
  ...instanceConfig(env),
  databasePoolSize: 2,
})

function workerClasses(env: Env): WorkerClass[] {
  const names = readList(env, "WORKER_CLASSES", WORKER_CLASSES.join(","))
  const classes = WORKER_CLASSES.filter((each) => names.includes(each))
  if (classes.length === 0 || classes.length < new Set(names).size) {
    throw new ConfigError(`WORKER_CLASSES must list some of ${WORKER_CLASSES.join(", ")}, split by commas`)
  }
  return classes
}

/** @throws ConfigError naming the variable at fault. */
export function loadWorkerConfig(env: Env = processEnv()): WorkerConfig {
  return {
    ...baseConfig(env),
    ...blobConfig(env),
    ...storesConfig(env),
    ...instanceConfig(env),
    classes: workerClasses(env),
    concurrency: {
      media: readInteger(env, "MEDIA_CONCURRENCY", CONCURRENCY.media, 1, 64),
      feed: readInteger(env, "FEED_CONCURRENCY", CONCURRENCY.feed, 1, 256),
      notify: readInteger(env, "NOTIFY_CONCURRENCY", CONCURRENCY.notify, 1, 256),
      mail: readInteger(env, "MAIL_CONCURRENCY", CONCURRENCY.mail, 1, 256),
      push: readInteger(env, "PUSH_CONCURRENCY", CONCURRENCY.push, 1, 256),
      transfer: readInteger(env, "TRANSFER_CONCURRENCY", CONCURRENCY.transfer, 1, 256),
      upkeep: readInteger(env, "UPKEEP_CONCURRENCY", CONCURRENCY.upkeep, 1, 256),
    },
    developMemoryMib: readInteger(env, "DEVELOP_MEMORY_MIB", 768, 128, 16_384),
    developSeconds: readInteger(env, "DEVELOP_SECONDS", 60, 1, 3600),
    heartbeatPath: readText(env, "HEARTBEAT_PATH"),
  }
}

/** @throws ConfigError naming the variable at fault. */
export function loadMigrateConfig(env: Env = processEnv()): MigrateConfig {
  return { ...baseConfig(env), databaseDirectUrl: requireUrl(env, "DATABASE_DIRECT_URL", POSTGRES).href }
}
