import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { findProgram } from "@tintype/dev"
import { type Contender, type Stage, startProxy } from "./contender.ts"
import type { Site } from "./site.ts"

const HAPROXY = {
  name: "haproxy",
  commands: ["haproxy"],
  package: "haproxy",
  path: "usr/sbin/haproxy",
  install: "apt-get install haproxy",
}

/** One thread, its usual log line to stdout, its small cache, and the balancing that it is known for. */
const configuration = (port: number, { upstreams }: Stage, pem: string | undefined) => `
global
  nbthread 1
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  http-reuse safe
cache answers
  total-max-size 16
  max-object-size 100000
  max-age 3600
frontend clients
  bind 127.0.0.1:${port}${pem ? ` ssl crt ${pem}` : ""}
  option forwardfor
  default_backend api
backend api
  balance leastconn
  http-request cache-use answers if { path /api/v1/cached }
  http-response cache-store answers
  ${upstreams.map((each, n) => `server api${n} ${each}`).join("\n  ")}
`

/** Certificate and key in one file. */
function pemOf({ dir, certificate }: Site): string {
  const file = join(dir, "haproxy.pem")
  writeFileSync(file, certificate.pem + readFileSync(certificate.key, "utf8"))
  return file
}

export const HAPROXY_CONTENDER: Contender = {
  name: "HAProxy",
  caches: true,
  async start(stage) {
    const { command, env } = await findProgram(HAPROXY)
    return startProxy(stage, (port) => {
      const file = join(stage.site.dir, "haproxy.cfg")
      writeFileSync(file, configuration(port, stage, stage.tls ? pemOf(stage.site) : undefined))
      return { command: [command, "-f", file], env }
    })
  },
}
