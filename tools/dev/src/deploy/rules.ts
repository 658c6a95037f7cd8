import type { Compose, Service } from "./compose-file.ts"

/** What docker-compose.yml must hold. Each rule returns what offends it, in words. */

const entries = ({ services }: Compose) => Object.entries(services)
const offences = (compose: Compose, isWrong: (service: Service, name: string) => boolean, words: string) =>
  entries(compose)
    .filter(([name, service]) => isWrong(service, name))
    .map(([name]) => `${name} ${words}`)

const runsOnce = ({ restart }: Service) => restart === "no"

/** Only the gateway publishes a port. */
export const oneDoor = (compose: Compose) =>
  offences(compose, ({ ports }, name) => Boolean(ports?.length) !== (name === "gateway"), "and its ports")

const REACH: Record<string, string[]> = {
  gateway: ["edge", "inner", "purges"],
  api: ["inner", "stores"],
  worker: ["stores"],
  migrate: ["database"],
  secrets: [],
  pgbouncer: ["database", "stores"],
  postgres: ["database"],
  "redis-queue": ["stores"],
  "redis-cache": ["purges", "stores"],
}

/** Each service reaches its neighbours alone, and nothing but the gateway the world. */
export const networks = (compose: Compose) => [
  ...offences(
    compose,
    (service, name) => String((service.networks ?? []).toSorted()) !== String(REACH[name]),
    "is in other networks than it needs",
  ),
  ...Object.entries(compose.networks)
    .filter(([name, { internal = false }]) => internal === (name === "edge"))
    .map(([name]) => `the network ${name} should${name === "edge" ? " not" : ""} be internal`),
]

/** A service that is taken over has no rights, no writable files but its volumes, and no way to get more. */
export const confined = (compose: Compose) =>
  offences(
    compose,
    (each) =>
      each.read_only !== true ||
      each.privileged === true ||
      String(each.cap_drop) !== "ALL" ||
      Boolean(each.cap_add) ||
      !each.security_opt?.includes("no-new-privileges:true") ||
      (!each.build && !each.user),
    "has more rights than it needs",
  )

/** Memory, processes and logs have bounds. */
export const bounded = (compose: Compose) =>
  offences(
    compose,
    ({ deploy, logging }) =>
      !deploy?.resources?.limits?.memory || !deploy.resources.limits.pids || !logging?.options?.["max-size"],
    "has no bound",
  )

/** What shall run comes back and tells how it is. */
export const restarts = (compose: Compose) =>
  offences(
    compose,
    (each) => !runsOnce(each) && (each.restart !== "unless-stopped" || !each.healthcheck),
    "neither ends by itself nor is watched",
  )

/** The same file makes the same stack tomorrow. */
export const pinned = (compose: Compose) =>
  offences(compose, ({ image }) => !/:v?\d+\.\d+(\.\d+)?(-\w+)*$/.test(image), "has no exact version")

/** Secrets come from files. */
export const noSecrets = (compose: Compose) =>
  offences(
    compose,
    ({ environment = {} }) =>
      Object.keys(environment).some((name) => /SECRET$|PASSWORD$|(DATABASE|DIRECT|REDIS)\w*_URL$/.test(name)),
    "is given a secret in its environment",
  )

/** A service sees the secrets that it uses and no others; only their maker sees all. */
export const ownSecrets = (compose: Compose) =>
  offences(
    compose,
    ({ volumes = [] }, name) =>
      name !== "secrets" &&
      volumes.some((each) =>
        typeof each === "string"
          ? each.startsWith("secrets")
          : each.source === "secrets" &&
            (!each.read_only || each.volume?.subpath !== (isApp(name) ? "app" : name)),
      ),
    "sees secrets of others",
  )

const isApp = (name: string) => name === "api" || name === "worker"

const WANTED: Record<string, string[]> = {
  "redis-queue": ["--appendonly yes", "--maxmemory-policy noeviction", "--aclfile"],
  "redis-cache": ["--appendonly no", "--maxmemory-policy allkeys-lfu", "--aclfile"],
}

/** The queue neither loses nor evicts, the cache keeps nothing on disk; both want a password. */
export const stores = (compose: Compose) =>
  Object.entries(WANTED).flatMap(([name, wanted]) => {
    const command = (compose.services[name]?.command ?? []).join(" ")
    return wanted.filter((each) => !command.includes(each)).map((each) => `${name} lacks ${each}`)
  })
