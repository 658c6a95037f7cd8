import { parseArgs } from "node:util"
import { measureIdle } from "./gateway-idle/measure-idle.ts"

/**
 * `node tools/bench/src/gateway-idle.ts [--connections 10000]`: what idle connections cost the gateway in memory, by
 * protocol; a fifth as many over TLS, so that
 * the first are not yet closed for being idle when the last are open. Ends with 1 when 10,000 of HTTP/1.1 would cost 300 MB or more, or the gateway closed any.
 */
const { values } = parseArgs({ options: { connections: { type: "string", default: "10000" } } })
const connections = Number(values.connections)
const BEFORE = 500
const MOST_KIB = (300 * 1e6) / 10_000 / 1024

for (const protocol of ["HTTP/1.1", "HTTP/1.1 over TLS", "HTTP/2"] as const) {
  const isBare = protocol === "HTTP/1.1"
  const wanted = isBare ? connections : connections / 5
  const report = await measureIdle({ protocol, connections: wanted, before: BEFORE })
  console.log(protocol, report)
  const isTooMuch = isBare && report["KiB each"] >= MOST_KIB
  if (isTooMuch || report["still open"] < wanted + BEFORE) process.exitCode = 1
}
