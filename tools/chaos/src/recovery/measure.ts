import type { Sql } from "postgres"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { awayQueue, type Drill, killWorker, wipeQueue } from "./drills.ts"
import { withProducer } from "./producer.ts"

export interface Recovery {
  times: number
  "median s": string
  "longest s": string
  "at most s": number
}

const KILLS = 10
const AWAY_MS = [500, 500, 5_000, 5_000, 20_000]
const WIPED_JOBS = [10_000, 10_000]

async function measured(limit: number, drills: readonly (() => Promise<number>)[]): Promise<Recovery> {
  const ms: number[] = []
  for (const drill of drills) ms.push(await drill())
  const sorted = ms.toSorted((a, b) => a - b)
  const seconds = (at: number) => ((sorted[at] ?? Number.NaN) / 1000).toFixed(2)
  return {
    times: ms.length,
    "median s": seconds(Math.floor(sorted.length / 2)),
    "longest s": seconds(sorted.length - 1),
    "at most s": limit,
  }
}

/** How long it takes to recover from what happens most, with nothing else wrong. */
export const measureRecovery = (chaos: ChaosSystem, sql: Sql): Promise<Record<string, Recovery>> =>
  withProducer(chaos, async (producer) => {
    const drill: Drill = { chaos, sql, producer }
    const kills = Array.from({ length: KILLS }, () => () => killWorker(drill))
    const aways = AWAY_MS.map((ms) => () => awayQueue(drill, ms))
    const wipes = WIPED_JOBS.map((jobs) => () => wipeQueue(drill, jobs))
    return {
      "a killed worker's job runs again": await measured(5, kills),
      "the queue's Redis is back: its first job is done": await measured(2, aways),
      "10,000 jobs are in a wiped queue again": await measured(30, wipes),
    }
  })
