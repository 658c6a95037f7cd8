import { cpus } from "node:os"
import { measureStarts } from "./latency.ts"
import { openJobStores } from "./stores.ts"
import { measureEnqueue, measureThroughput } from "./throughput.ts"

/** `node tools/bench/src/jobs/main.ts`: jobs through the whole path; stores, callers and workers share the cores. */

await using stack = new AsyncDisposableStack()
const stores = await openJobStores(stack)
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`)
console.log("\nFrom COMMIT to the start of the handler, ms")
console.table(await measureStarts(stores, 320, 5_000))
await stores.db.execute("truncate outbox")
console.log("\nTransactions a second, 32 callers")
console.table(await measureEnqueue(stores, 3_000))
await stores.db.execute("truncate outbox")
console.log("\nJobs a second, one worker process")
console.table(await measureThroughput(stores, 3_200))
