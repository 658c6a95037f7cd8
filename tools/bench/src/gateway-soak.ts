import { parseArgs } from "node:util"
import { soakGateway } from "./gateway-soak/soak.ts"

/**
 * `node tools/bench/src/gateway-soak.ts [--minutes 10] [--seed 1] [--every 15] [--http2]`: mixed traffic through the gateway, and
 * what lives in it every so many seconds: answers of replica, cache and disk, uploads, clients that leave, replicas that
 * break off, streams, WebSockets, 404s and bytes that are no request; or what browsers do on one connection of HTTP/2. Ends with 1 when its heap grows by more than half
 * a MiB a minute, it complains, or a request ends otherwise than it should.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    every: { type: "string", default: "15" },
    http2: { type: "boolean", default: false },
  },
})
const MOST_MIB_A_MINUTE = 0.5

const { samples, after, ...report } = await soakGateway({
  minutes: Number(values.minutes),
  everyMs: Number(values.every) * 1000,
  seed: Number(values.seed),
  overHttp2: values.http2,
  onSample: (sample) => console.log(JSON.stringify(sample)),
})
console.table([...samples, after])
console.log(report)
const faults = [...report.complaints, ...Object.keys(report.failed)]
if (report["heap slope"] > MOST_MIB_A_MINUTE || faults.length > 0) process.exitCode = 1
