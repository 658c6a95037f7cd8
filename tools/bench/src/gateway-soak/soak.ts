import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { makeSite } from "../gateway-bench/site.ts"
import { type Gateway, startGateway } from "../gateway-faults/gateway.ts"
import { residentMib } from "../resident-mib.ts"
import { startOrigin } from "./origin.ts"
import { StreamTraffic } from "./stream-traffic.ts"
import { Traffic } from "./traffic.ts"

/** What lives in the gateway at a moment, after a full collection. */
export interface Sample {
  minute: number
  "resident MiB": number
  "heap MiB": number
  handles: number
  /** Of the process itself. */
  listeners: number
  sockets: number
}

export interface SoakReport {
  samples: readonly Sample[]
  /** A while after the last client left. */
  after: Sample | undefined
  done: Readonly<Record<string, number>>
  failed: Readonly<Record<string, number>>
  /** Why the gateway found that a replica failed a request, which may have gone to it again. */
  attempts: Readonly<Record<string, number>>
  /** What Node warned of, such as too many listeners; and requests that failed inside the gateway. */
  complaints: readonly string[]
  /** MiB a minute, once the first third is over. */
  "resident slope": number
  "heap slope": number
}

const QUIET_MS = 8_000
const PROBE = join(import.meta.dirname, "probe.ts")

export interface SoakOptions {
  minutes: number
  everyMs: number
  seed: number
  /** Whether all of it comes over one connection of HTTP/2. */
  overHttp2: boolean
  onSample: (sample: Sample) => void
}

/** Mixed traffic through one gateway process, and what lives in it meanwhile. */
export async function soakGateway(options: SoakOptions): Promise<SoakReport> {
  const { minutes, everyMs, seed, overHttp2, onSample } = options
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), "tintype-soak-"))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const site = makeSite(dir)
  const webDir = join(dir, "web")
  mkdirSync(webDir)
  writeFileSync(join(webDir, "index.html"), "<!doctype html>")
  const origin = opened.adopt(await startOrigin(), (each) => each.stop())
  const gateway = opened.adopt(
    await startGateway([origin], 1, {
      BLOB_DIR: site.blobDir,
      SIGNING_SECRET: site.signingSecret,
      WEB_DIR: webDir,
      TRUSTED_PROXIES: "127.0.0.1",
      RATE_LIMITS: "anonymous=90000/5m,uploads=90000/5m",
      NODE_OPTIONS: `--import=${PROBE}`,
      SOAK_PROBE_MS: String(everyMs),
      ...(overHttp2 && {
        TLS_CERTIFICATES: `${site.certificate.cert}:${site.certificate.key}`,
        PUBLIC_URL: "https://localhost",
      }),
    }),
    (each) => each.stop(),
  )
  await gateway.until(({ msg, standing }) => msg === "replica changed" && standing === "ready")
  const startedAt = Date.now()
  const traffic = overHttp2
    ? new StreamTraffic(gateway.origin.replace("http:", "https:"), site.photoPath, seed)
    : new Traffic(gateway.origin, site.photoPath, seed)
  const samples: Sample[] = []
  while (Date.now() - startedAt < minutes * 60_000) {
    const sample = await nextSample(gateway, startedAt)
    samples.push(sample)
    onSample(sample)
  }
  await traffic.stop()
  await sleep(QUIET_MS)
  const after = await nextSample(gateway, startedAt)
  return {
    samples,
    after,
    done: traffic.done,
    failed: traffic.failed,
    attempts: failedAttempts(gateway),
    complaints: gateway.lines
      .filter(({ msg }) => msg === "warning" || msg === "request failed")
      .map((line) => JSON.stringify(line)),
    ...slopesOf(samples),
  }
}

function failedAttempts({ lines }: Gateway): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { msg, err } of lines) {
    if (msg !== "attempt failed") continue
    const why = JSON.stringify(err, ["type", "message", "code"])
    counts[why] = (counts[why] ?? 0) + 1
  }
  return counts
}

/** @throws when the gateway tells nothing any more */
async function nextSample({ lines, until, child }: Gateway, startedAt: number): Promise<Sample> {
  const known = lines.length
  await until((line) => line.msg === "probe" && lines.indexOf(line) >= known)
  const told = lines.findLast(({ msg }) => msg === "probe") ?? {}
  const of = (name: string) => Number(told[name])
  return {
    minute: round((Date.now() - startedAt) / 60_000),
    "resident MiB": round(residentMib(child.pid)),
    "heap MiB": round(of("heapUsed") / 2 ** 20),
    handles: of("handles"),
    listeners: of("listeners"),
    sockets: of("sockets"),
  }
}

function slopesOf(samples: readonly Sample[]) {
  const settled = samples.slice(Math.floor(samples.length / 3))
  return {
    "resident slope": slope(settled.map((each) => [each.minute, each["resident MiB"]])),
    "heap slope": slope(settled.map((each) => [each.minute, each["heap MiB"]])),
  }
}

/** Of the straight line that lies closest (least squares). */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)]
  const spread = mean(([x]) => (x - meanX) ** 2)
  return round(mean(([x, y]) => (x - meanX) * (y - meanY)) / spread)
}

const round = (value: number) => Number(value.toFixed(2))
