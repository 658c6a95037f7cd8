import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { ROOT } from "../system/places.ts"
import { copiedPaths, isKeptOut } from "./build-context.ts"
import { readCompose, type Service } from "./compose-file.ts"
import * as rules from "./rules.ts"

const read = (path: string) => readFileSync(join(ROOT, path), "utf8")
const text = read("docker-compose.yml")
const compose = readCompose(text)

describe("docker-compose.yml", () => {
  test.for(Object.entries(rules))("%s", ([, rule]) => {
    expect(rule(compose)).toEqual([])
  })

  test("the tiers, the stores and what runs once are there", () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      "api",
      "gateway",
      "migrate",
      "pgbouncer",
      "postgres",
      "redis-cache",
      "redis-queue",
      "secrets",
      "worker",
    ])
  })

  test("names only variables that the programs know", () => {
    const known = new Set(read(".env.example").match(/^[A-Z_]+(?==)/gm))
    for (const name of ["gateway", "api", "worker", "migrate"]) {
      const given = Object.keys(compose.services[name]?.environment ?? {})
      expect(given.filter((each) => !known.has(each.replace(/_FILE$/, "")))).toEqual([])
    }
  })

  test("every setting from outside is described for the operator", () => {
    const page = read("docs/operating.md")
    const settings = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? "")
    expect(settings.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })

  const hasCompose = spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0
  test.skipIf(!hasCompose)("is valid to docker compose", () => {
    const { stderr } = spawnSync("docker", ["compose", "config", "--quiet"], { cwd: ROOT, encoding: "utf8" })
    expect(stderr).toBe("")
  })
})

describe("deploy/compose.tls.yml", () => {
  const overlay = read("deploy/compose.tls.yml")
  const { gateway, ...services } = readCompose(overlay).services

  test.for([rules.confined, rules.bounded, rules.pinned, rules.noSecrets])("%s", (rule) => {
    expect(Object.keys(services)).toEqual(["certificates"])
    expect(rule({ services, networks: {} })).toEqual([])
  })

  test("gives the gateway only variables that it knows, and asks for none that is not described", () => {
    const known = new Set(read(".env.example").match(/^[A-Z_]+(?==)/gm))
    expect(Object.keys(gateway?.environment ?? {}).filter((each) => !known.has(each))).toEqual([])
    const page = read("docs/operating.md")
    const settings = [...overlay.matchAll(/[^$]\$\{([A-Z_]+)/g)].map(([, name]) => name ?? "")
    expect(settings.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})

describe("deploy/observability/compose.yml", () => {
  const overlay = read("deploy/observability/compose.yml")
  const { gateway, api, worker, ...services } = readCompose(overlay).services

  test.for([rules.confined, rules.bounded, rules.pinned, rules.noSecrets])("%s", (rule) => {
    expect(Object.keys(services).sort()).toEqual(["grafana", "prometheus"])
    expect(rule({ services, networks: {} })).toEqual([])
  })

  test("what it mounts is there, and its pages are for this machine alone", () => {
    const mounted = [...overlay.matchAll(/- (\.\/[^:]+):/g)].map(([, path]) => path ?? "")
    expect(mounted).toHaveLength(4)
    expect(mounted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    const ports = [...overlay.matchAll(/ports: \[(.*)\]/g)].map(([, port]) => port ?? "")
    expect(ports).toHaveLength(2)
    expect(ports.filter((port) => !port.startsWith('"127.0.0.1:'))).toEqual([])
  })
})

test("what the images copy is there, and .dockerignore lets it through", () => {
  const copied = copiedPaths(read("deploy/Dockerfile")).filter((each) => each !== ".")
  expect(copied).toContain("deploy/check-health.js")
  expect(copied.filter((each) => !existsSync(join(ROOT, each)))).toEqual([])
  expect(copied.filter((each) => isKeptOut(each, read(".dockerignore")))).toEqual([])
})

/** A small offence for each rule: it must be seen. */
const OFFENCES: Record<keyof typeof rules, [service: string, offence: Partial<Service>]> = {
  oneDoor: ["api", { ports: ["3000:3000"] }],
  networks: ["gateway", { networks: ["edge", "inner", "purges", "database"] }],
  confined: ["worker", { cap_drop: [] }],
  bounded: ["postgres", { deploy: {} }],
  restarts: ["api", { healthcheck: undefined }],
  pinned: ["postgres", { image: "postgres:18" }],
  noSecrets: ["api", { environment: { SIGNING_SECRET: "0123456789" } }],
  ownSecrets: ["gateway", { volumes: [{ type: "volume", source: "secrets", target: "/run/tintype" }] }],
  stores: ["redis-queue", { command: ["redis-server"] }],
}

describe("each rule sees an offence", () => {
  test.for(Object.entries(OFFENCES))("%s", ([name, [service, offence]]) => {
    const services = {
      ...compose.services,
      [service]: { image: "", ...compose.services[service], ...offence },
    }
    const rule = Object.entries(rules).find(([each]) => each === name)?.[1]
    expect(rule?.({ ...compose, services })).not.toEqual([])
  })
})

describe("the images", () => {
  const dockerfile = read("deploy/Dockerfile")
  const stages = dockerfile.split(/^(?=FROM )/m).filter((each) => each.startsWith("FROM"))

  test("are made from exact versions, the workspace's own", () => {
    const { engines, packageManager } = JSON.parse(read("package.json"))
    const version = engines.node.replace(">=", "")
    const outside = stages
      .map((each) => /^FROM (\S+)/.exec(each)?.[1] ?? "")
      .filter((name) => name.includes(":"))
    expect(new Set(outside)).toEqual(new Set([`node:${version}-trixie-slim`, "debian:trixie-slim"]))
    expect(dockerfile).toContain(`npm install --global ${packageManager}\n`)
  })

  test("end as a user who is not root", () => {
    const [, base = "", ...targets] = stages
    expect(base).toMatch(/USER node\n*$/)
    for (const each of targets) {
      const user = [...each.matchAll(/^USER (\S+)/gm)].at(-1)?.[1]
      expect(user ?? (each.startsWith("FROM base") ? "node" : "root")).not.toBe("root")
    }
  })

  test("every service that is built has a target", () => {
    const names = stages.map((each) => / AS (\S+)/.exec(each)?.[1])
    for (const { build } of Object.values(compose.services)) if (build) expect(names).toContain(build.target)
  })
})

describe("secrets", () => {
  test("are made once, each for the services that need it, and the same every time", async () => {
    const { makeSecrets } = await import("./make-secrets.ts")
    await using made = makeSecrets()
    const first = made.run()
    expect(Object.keys(first).filter((path) => path.endsWith(".new"))).toEqual([])
    expect(made.run()).toEqual(first)
    expect(first["pgbouncer/userlist.txt"]).toBe(`"tintype" "${first["postgres/tintype-password"]}"`)
    expect(first["gateway/signing-secret"]).toMatch(/^[\w-]{43}$/)
    expect(first["redis-queue/users.acl"]).toMatch(/^user default on #[0-9a-f]{64} ~\* &\* \+@all$/)
    expect(first["redis-cache/users.acl"]).toMatch(
      /^user gateway on #[0-9a-f]{64} &purges ~\{limit:edge:\*( \+[\w|]+)+$/m,
    )
    const parts = new Set(Object.keys(first).map((path) => path.split("/")[0]))
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.flatMap((each) =>
        typeof each === "object" && each.volume?.subpath ? [each.volume.subpath] : [],
      ),
    )
    expect(mounted.filter((each) => !parts.has(each))).toEqual([])
    expect(readdirSync(made.folder)).toContain("kept")
  })
})
