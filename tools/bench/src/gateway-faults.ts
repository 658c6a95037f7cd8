import { execFileSync } from "node:child_process"
import { cpus, loadavg } from "node:os"
import {
  calm,
  freezes,
  kills,
  reloadGateway,
  replaceGateway,
  rollingRestart,
  scaleByName,
  scaleDownAndUp,
} from "./gateway-faults/scenarios.ts"

/**
 * `node tools/bench/src/gateway-faults.ts [name]`: what members notice while what stands behind the gateway, or the
 * gateway itself, comes and goes. Three replicas, 400 requests a second and four uploads under way at any time.
 * The rolling restart takes more than 50,000 requests.
 */
const EXTENT = { rate: 400, calmMs: 2_000, noticeMs: 2_000 }

const SCENARIOS = {
  "nothing happens": () => calm({ ...EXTENT, times: 5 }),
  "rolling restart of 3, 10 times": () => rollingRestart({ ...EXTENT, times: 10 }),
  "scale 3 → 1 → 3, 5 times": () => scaleDownAndUp({ ...EXTENT, times: 5 }),
  "reload of the gateway, 10 times": () => reloadGateway({ ...EXTENT, times: 10 }),
  "a new gateway on the port, 10 times": () => replaceGateway({ ...EXTENT, times: 10 }),
  "name 1 → 3 → 1, 5 times": () => scaleByName({ ...EXTENT, times: 5 }),
  "kill -9 of one, 50 times": () => kills({ ...EXTENT, times: 50, calmMs: 700 }),
  "one frozen for 6 s, once in 14 s": () => freezes({ ...EXTENT, times: 1, calmMs: 4_000 }, 6_000),
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim()
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}`)

const wanted = process.argv[2] ?? ""
for (const [name, run] of Object.entries(SCENARIOS)) {
  if (!name.includes(wanted)) continue
  const report = await run()
  console.log(`\n${name} (load average ${loadavg()[0]?.toFixed(1)})`)
  console.table(report)
}
