import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import { superviseWorker } from "../testing/spawn-worker.ts"
import { startRun, statesOf, test } from "../testing/workflow-world.ts"
import { diamond } from "../testing/workflows.ts"

const PROGRAM = fileURLToPath(new URL("../testing/workflow-process.ts", import.meta.url))
test("a worker is killed in every step, also right after an effect: the run goes on there and ends, with each effect once", async ({
  world,
  database,
  redis,
  traces,
}) => {
  const worker = await superviseWorker(database.url, redis, PROGRAM)
  const key = await startRun(world.db, diamond, { kill: true })
  await expect
    .poll(() => statesOf(world.db, key), { timeout: 80_000, interval: 200 })
    .toBe("done: first done, left done, right done, last done")
  expect((await traces.of(key)).toSorted()).toEqual(["first", "last", "left", "right"])
  expect(worker.deaths()).toBeGreaterThanOrEqual(4)
}, 90_000)
