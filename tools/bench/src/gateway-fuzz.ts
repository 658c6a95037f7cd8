import { parseArgs } from "node:util"
import { fuzzGateway } from "./gateway-fuzz/fuzz.ts"

/**
 * `node tools/bench/src/gateway-fuzz.ts [--requests 1000000] [--seed 1] [--together 32]`: requests with random faults
 * through the gateway, see `fuzzGateway`. Ends with 1 when anything happened that should not.
 */
const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    together: { type: "string", default: "32" },
  },
})

const report = await fuzzGateway({
  seed: Number(values.seed),
  requests: Number(values.requests),
  together: Number(values.together),
  onProgress: (done, mib) => console.log(`${done} sent, the gateway has ${mib} MiB`),
})
console.log(report)
if (report.faults.length > 0) process.exitCode = 1
