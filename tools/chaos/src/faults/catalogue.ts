import type { Conditions } from "@tintype/dev"

/** Processes that are killed and frozen. Of the tiers that have several, one. */
export const PROCESSES = [
  "gateway",
  "api",
  "worker",
  "job worker",
  "redis-queue",
  "redis-cache",
  "pgbouncer",
  "postgres",
] as const
export type ProcessName = (typeof PROCESSES)[number]

/** Connections that go through a proxy: who connects, and to what. */
export const WAYS = [
  "api>pgbouncer",
  "worker>pgbouncer",
  "api>redis-queue",
  "worker>redis-queue",
  "api>redis-cache",
  "worker>redis-cache",
  "gateway>redis-cache",
] as const
export type Way = (typeof WAYS)[number]

export type Fault =
  | { kind: "kill" | "freeze"; target: ProcessName; replica: number; ms: number }
  | { kind: "flush"; target: "redis-queue" | "redis-cache"; ms: 0 }
  /** A copy of its files is made, and `ms` later it is killed and starts with that copy. */
  | { kind: "restore"; target: "redis-queue"; ms: number }
  | { kind: "cut"; target: Way; ms: 0 }
  | { kind: "strand"; target: Way; ms: number }
  | { kind: Worsened; target: Way; ms: number }

export type FaultKind = Fault["kind"]

/** What a way can be made like for a while. */
export const WORSE = {
  latency: { latencyMs: 150 },
  bandwidth: { bytesPerSecond: 40_000 },
  slices: { sliceBytes: 7 },
  held: { held: true },
  down: { down: true },
} satisfies Record<string, Conditions>
export type Worsened = keyof typeof WORSE

/** Shortest and longest time that a fault lasts, in milliseconds. */
type Span = readonly [from: number, to: number]

/** How long each stays away after it was killed. */
const AWAY: Record<ProcessName, Span> = {
  gateway: [100, 1_000],
  api: [100, 3_000],
  worker: [100, 3_000],
  "job worker": [100, 3_000],
  "redis-queue": [100, 6_000],
  "redis-cache": [100, 6_000],
  pgbouncer: [100, 2_000],
  postgres: [100, 2_000],
}

/** A job's lock lasts for three and a half seconds: workers are frozen beyond it. */
const FROZEN: Record<ProcessName, Span> = {
  gateway: [300, 1_500],
  api: [500, 6_000],
  worker: [4_000, 8_000],
  "job worker": [4_000, 8_000],
  "redis-queue": [500, 6_000],
  "redis-cache": [500, 6_000],
  pgbouncer: [300, 3_000],
  postgres: [300, 3_000],
}

const SPANS: Record<"restore" | "strand" | Worsened, Span> = {
  restore: [1_000, 4_000],
  strand: [2_000, 15_000],
  latency: [1_000, 5_000],
  bandwidth: [1_000, 5_000],
  slices: [1_000, 5_000],
  held: [500, 6_000],
  down: [500, 5_000],
}

/** A fault whose time, and of several replicas the one that it strikes, are still to be drawn. */
export interface FaultType {
  fault: Fault
  span: Span
}

const forWays = WAYS.flatMap((target): FaultType[] => [
  { fault: { kind: "cut", target, ms: 0 }, span: [0, 0] },
  { fault: { kind: "strand", target, ms: 0 }, span: SPANS.strand },
  ...(Object.keys(WORSE) as Worsened[]).map((kind) => ({
    fault: { kind, target, ms: 0 } as const,
    span: SPANS[kind],
  })),
])

const killed = PROCESSES.map((target): FaultType => {
  return { fault: { kind: "kill", target, replica: 0, ms: 0 }, span: AWAY[target] }
})

const frozen = PROCESSES.map((target): FaultType => {
  return { fault: { kind: "freeze", target, replica: 0, ms: 0 }, span: FROZEN[target] }
})

const lost: FaultType[] = [
  { fault: { kind: "flush", target: "redis-queue", ms: 0 }, span: [0, 0] },
  { fault: { kind: "flush", target: "redis-cache", ms: 0 }, span: [0, 0] },
  { fault: { kind: "restore", target: "redis-queue", ms: 0 }, span: SPANS.restore },
]

/** Each group is drawn from equally often, so that the many ways of failing of networks do not crowd out the rest. */
export const FAULT_TYPES: readonly (readonly FaultType[])[] = [killed, frozen, lost, forWays]
