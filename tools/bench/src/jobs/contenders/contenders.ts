import { openBullmq, startBullmq } from "./bullmq.ts"
import type { Addresses, Contender, ContenderName, Work, WorkerSide } from "./contender.ts"
import { openGraphileWorker, startGraphileWorker } from "./graphile-worker.ts"
import { openPgBoss, startPgBoss } from "./pg-boss.ts"
import { openTintype, startTintype } from "./tintype.ts"

type Open = (addresses: Addresses) => Contender | Promise<Contender>
type Start = (work: Work, addresses: Addresses) => WorkerSide | Promise<WorkerSide>

const SIDES: Record<ContenderName, readonly [Open, Start]> = {
  tintype: [openTintype, (work, addresses) => startTintype(work, addresses, true)],
  "tintype, no history": [openTintype, (work, addresses) => startTintype(work, addresses, false)],
  bullmq: [openBullmq, startBullmq],
  "pg-boss": [openPgBoss, startPgBoss],
  "graphile-worker": [openGraphileWorker, startGraphileWorker],
}

export const openContender = async (name: ContenderName, addresses: Addresses) => SIDES[name][0](addresses)

export const startContender = async (name: ContenderName, work: Work, addresses: Addresses) =>
  SIDES[name][1](work, addresses)
