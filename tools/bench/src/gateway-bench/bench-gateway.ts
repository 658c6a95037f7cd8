import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cpuTimeOf, processesOfGroup } from "../cpu-time.ts"
import type { Contender, Running } from "./contender.ts"
import { type Cores, cores } from "./cores.ts"
import { CONNECTIONS, type Gun, type Hits, loadGun, type Shots } from "./fire.ts"
import { HAPROXY_CONTENDER } from "./haproxy.ts"
import { NGINX_CONTENDERS } from "./nginx.ts"
import { NODE_CONTENDERS } from "./node-proxies.ts"
import { ROWS, type Row } from "./rows.ts"
import { makeSite, type Site } from "./site.ts"
import { TINTYPE_CONTENDERS } from "./tintype.ts"
import { startUpstream } from "./upstream.ts"

const CONTENDERS: readonly Contender[] = [
  ...NGINX_CONTENDERS,
  HAPROXY_CONTENDER,
  ...TINTYPE_CONTENDERS,
  ...NODE_CONTENDERS,
]
const ANCHOR = "nginx"

interface Extent {
  rounds: number
  warmUpSeconds: number
  warmUpRequests: number
  seconds: number
}

const FULL: Extent = { rounds: 3, warmUpSeconds: 2, warmUpRequests: 40_000, seconds: 5 }
const QUICK: Extent = { rounds: 1, warmUpSeconds: 1, warmUpRequests: 20_000, seconds: 2 }
const MOST_WARM_UPS = 20

interface Bench {
  site: Site
  pinned: Cores
  gun: Gun
  extent: Extent
}

/** What is measured, and how long. */
export interface Wanted {
  isQuick: boolean
  /** Rows whose titles hold one of these, contenders whose names do; all of them if there are none. */
  rows: readonly string[]
  contenders: readonly string[]
}

const isAmong = (named: readonly string[], name: string) =>
  named.length === 0 || named.some((each) => name.toLowerCase().includes(each.toLowerCase()))

interface Sample extends Hits {
  /** Processor time of the proxy for each request, in µs. */
  cpu: number
}

/**
 * `pnpm bench gateway [--quick] [--rows=without TLS,disk] [--only=nginx,tintype]`: the gateway next to other proxies in front
 * of the same upstream, one after another, each round in the same order. Expects the gateway to be built.
 */
export async function benchGateway({ isQuick, rows, contenders }: Wanted): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "tintype-bench-gateway-"))
  // Some run as another user when we are root.
  chmodSync(dir, 0o755)
  try {
    const pinned = cores()
    const gun = await loadGun(pinned)
    const extent = isQuick ? QUICK : FULL
    console.log(
      `\nProxies, one process or thread each: ${pinned.told}. ${CONNECTIONS} connections, ${gun.told}.`,
    )
    console.log(`Best of ${extent.rounds} × ${extent.seconds} s. Access logs as each has them by default.`)
    const bench = { site: makeSite(dir), pinned, gun, extent }
    const able = await thoseThatStart(
      bench,
      CONTENDERS.filter(({ name }) => isAmong(contenders, name)),
    )
    for (const row of ROWS.filter(({ title }) => isAmong(rows, title))) {
      console.log(`\n${row.title}`)
      console.table(await measureRow(bench, row, able.filter(row.takesPart)))
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Leaves out, with a note, what cannot be had on this machine. */
async function thoseThatStart(bench: Bench, contenders: readonly Contender[]): Promise<readonly Contender[]> {
  const able: Contender[] = []
  await withUpstreams(bench, [0], async (upstreams) => {
    for (const each of contenders) {
      try {
        const proxy = await each.start({ site: bench.site, cores: bench.pinned, upstreams, tls: false })
        await proxy.stop()
        able.push(each)
      } catch (error) {
        console.log(`without ${each.name}: ${error instanceof Error ? error.message : error}`)
      }
    }
  })
  return able
}

async function withUpstreams<T>(
  { pinned }: Bench,
  delays: readonly number[],
  work: (upstreams: readonly string[]) => Promise<T>,
): Promise<T> {
  await using opened = new AsyncDisposableStack()
  const upstreams: string[] = []
  for (const delay of delays) {
    const upstream = opened.adopt(await startUpstream(pinned, delay), (each) => each.stop())
    upstreams.push(upstream.name)
  }
  return await work(upstreams)
}

async function measureRow(bench: Bench, row: Row, contenders: readonly Contender[]): Promise<object> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]))
  await withUpstreams(bench, row.delays, async (upstreams) => {
    for (let round = 0; round < bench.extent.rounds; round++) {
      for (const each of contenders) {
        const proxy = await each.start({
          site: bench.site,
          cores: bench.pinned,
          upstreams,
          tls: row.tls ?? false,
        })
        try {
          samples.get(each.name)?.push(await measure(bench, row, proxy))
        } finally {
          await proxy.stop()
        }
      }
    }
  })
  return tableOf(samples)
}

async function measure({ site, gun, extent }: Bench, row: Row, proxy: Running): Promise<Sample> {
  const shots = { url: proxy.url + row.path(site), rate: row.rate }
  await warmUp(gun, shots, { ...extent, warmUpRequests: row.warmUpShare * extent.warmUpRequests })
  const pids = processesOfGroup(proxy.group)
  const before = cpuTimeOf(pids)
  const hits = await gun.fire({ ...shots, seconds: extent.seconds })
  return { ...hits, cpu: ((cpuTimeOf(pids) - before) * 1000) / hits.requests }
}

/** Until the code that is hot was compiled, however slow the machine is. */
async function warmUp(gun: Gun, shots: Omit<Shots, "seconds">, extent: Extent): Promise<void> {
  let requests = 0
  for (let tries = 0; tries === 0 || (requests < extent.warmUpRequests && tries < MOST_WARM_UPS); tries++) {
    const hits = await gun.fire({ ...shots, seconds: extent.warmUpSeconds })
    requests += hits.requests
  }
}

/** Of each figure the best of all rounds: what disturbs a measurement only ever makes it worse. */
function tableOf(samples: ReadonlyMap<string, readonly Sample[]>): object {
  const least = (name: string, of: (sample: Sample) => number) =>
    Math.min(...(samples.get(name) ?? []).map(of))
  const anchor = least(ANCHOR, ({ cpu }) => cpu)
  const entries = [...samples].map(([name, of]) => {
    const cpu = least(name, (each) => each.cpu)
    return [
      name,
      {
        "requests/s": Math.round(-least(name, ({ requests, seconds }) => -requests / seconds)),
        "p50 ms": round(least(name, ({ p50 }) => p50)),
        "p99 ms": round(least(name, ({ p99 }) => p99)),
        "CPU µs a request": round(cpu),
        ...(Number.isFinite(anchor) && { "of nginx's": `${round(cpu / anchor, 2)} ×` }),
        failed: of.reduce((sum, { failed }) => sum + failed, 0),
      },
    ]
  })
  return Object.fromEntries(entries)
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits))
