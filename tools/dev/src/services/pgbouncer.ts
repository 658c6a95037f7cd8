import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startServer } from "./child.ts"
import { findProgram, type Program } from "./find-program.ts"
import { onPort } from "./free-port.ts"
import type { Server } from "./server.ts"
import { unprivileged } from "./unprivileged.ts"

const PGBOUNCER: Program = {
  name: "pgbouncer",
  commands: ["pgbouncer"],
  package: "pgbouncer",
  path: "usr/sbin/pgbouncer",
  install: process.platform === "darwin" ? "brew install pgbouncer" : "apt-get install pgbouncer",
}

export interface PgbouncerServer extends Server {
  url(database: string): string
}

export interface PgbouncerOptions {
  dir: string
  port?: number | undefined
  postgresPort: number
  say?: (message: string) => void
}

const configuration = (port: number, postgresPort: number, dir: string) => `[databases]
* = host=127.0.0.1 port=${postgresPort} user=tintype

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${dir}/users.txt
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 20
query_wait_timeout = 10
server_login_retry = 1
server_connect_timeout = 3
server_idle_timeout = 30
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`

/** Starts a PgBouncer of our own, in transaction mode, before a Postgres on this machine. */
export async function startPgbouncer(options: PgbouncerOptions): Promise<PgbouncerServer> {
  const { command, env } = await findProgram(PGBOUNCER, options.say)
  const dir = join(options.dir, "settings")
  mkdirSync(dir, { recursive: true })
  return onPort(options.port, async (port) => {
    const file = join(dir, "pgbouncer.ini")
    writeFileSync(file, configuration(port, options.postgresPort, dir))
    writeFileSync(join(dir, "users.txt"), '"tintype" ""\n')
    const child = await startServer({
      ...unprivileged(command, [file], dir),
      env,
      name: "PgBouncer",
      ready: /process up/,
    })
    return {
      ...child,
      port,
      url: (database) => `postgres://tintype@127.0.0.1:${port}/${database}`,
      stop: () => child.stop("SIGINT"),
    }
  })
}
