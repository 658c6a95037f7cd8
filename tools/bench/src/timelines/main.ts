import { execFileSync } from "node:child_process"
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { type Figures, measureCommunity } from "./measure-community.ts"

/**
 * `pnpm bench timelines [--accounts 10000,100000,1000000] [--seed 1] [--readers 200] [--load SECONDS]`: home timelines of
 * generated communities, read at the api and pushed by a worker's own code, and how what they cost grows with their size;
 * with `--load`, the load of 2011 as well, or `--share` of it; `--load-only` leaves the rest out.
 */
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    accounts: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    readers: { type: "string", default: "200" },
    load: { type: "string", default: "0" },
    share: { type: "string", default: "1" },
    "load-only": { type: "boolean", default: false },
  },
})

execFileSync("turbo", ["build", "--output-logs=errors-only"], { stdio: ["ignore", "ignore", "inherit"] })
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`)

const sizes = values.accounts.split(",").map(Number)
const bySize = new Map<number, Figures>()
for (const accounts of sizes) {
  const figures = await measureCommunity({
    accounts,
    seed: Number(values.seed),
    readers: Number(values.readers),
    load: Number(values.load),
    share: Number(values.share),
    loadOnly: values["load-only"],
  })
  bySize.set(accounts, figures)
}

if (bySize.size > 1) {
  const rows = new Set([...bySize.values()].flatMap((each) => Object.keys(each)))
  console.log("\nBy the number of accounts")
  console.table(
    Object.fromEntries(
      [...rows].map((row) => [row, Object.fromEntries([...bySize].map(([size, each]) => [size, each[row]]))]),
    ),
  )
}
