import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, onTestFinished, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

const WATCH = fileURLToPath(new URL("../deploy/observability", import.meta.url))
const BOARDS = `${WATCH}/grafana/dashboards`
const TIERS = ["gateway", "api", "worker"]
const LIVE = { timeout: 30_000 }

/** What Prometheus says of each process, or puts there itself. */
const ITS_OWN = ["job", "instance"]

/** What a system tells only once something has gone wrong. */
const OF_TROUBLE =
  /^tintype_gateway_(refusals_total|replica_ejections_total|replica_failures_total|extra_requests_total|queue_wait_seconds)/

interface Board {
  panels: { targets: { expr: string; legendFormat?: string }[] }[]
}

/** Every expression of the boards and alerts, with what its legend names. */
function expressions(): string[] {
  const boards = readdirSync(BOARDS).map(
    (name): Board => JSON.parse(readFileSync(`${BOARDS}/${name}`, "utf8")),
  )
  const drawn = boards.flatMap(({ panels }) =>
    panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  )
  const alerts = readFileSync(`${WATCH}/rules.yml`, "utf8").matchAll(/expr: (?:\|\n((?: {10}.*\n)+)|(.+))/g)
  return [...drawn, ...[...alerts].map(([, block = "", line = ""]) => block + line)]
}

/** The figures that an expression reads, each with the labels by which it is chosen or summed up. */
function readBy(expr: string): { name: string; labels: string[] }[] {
  const summed = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/))
  return [...expr.matchAll(/\b((?:tintype|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", chosen = ""]) => ({
      name,
      labels: [
        ...[...chosen.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
        ...summed,
      ],
    }),
  )
}

/** The labels of each figure in Prometheus' text format. */
function labelsOf(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [, name = "", labels = ""] of text.matchAll(/^([a-z0-9_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name) ?? new Set<string>()
    for (const [, label = ""] of labels.matchAll(/([a-z_]+)="/g)) known.add(label)
    found.set(name, known)
  }
  return found
}

test("what boards and alerts ask Prometheus for is told by the processes, by those labels", async () => {
  const ports = new Map<string, string>()
  const system = await openSystem({
    env: { METRICS_PORT: "0" },
    onLine: (tier, line) => {
      const port = /metrics are served/.test(line) ? /"port":(\d+)/.exec(line)?.[1] : undefined
      if (port) ports.set(TIERS.find((name) => tier.startsWith(name)) ?? tier, port)
    },
  })
  onTestFinished(system.stop)
  await expect.poll(() => [...ports.keys()].toSorted(), LIVE).toEqual([...TIERS].toSorted())
  const member = await Member.signUp(system.gatewayUrl, "ada")
  await member.postPhoto(await aPhoto(), { status: "A day" })
  const told = async () => {
    const answers = [...ports.values()].map((port) => fetch(`http://127.0.0.1:${port}/metrics`))
    return (await Promise.all((await Promise.all(answers)).map((answer) => answer.text()))).join("")
  }
  await expect.poll(told, LIVE).toMatch(/tintype_jobs_runs_total\{[^}]*posts\.fan-out/)
  const figures = labelsOf(await told())

  const asked = expressions().flatMap(readBy)
  expect(asked.length).toBeGreaterThan(70)
  const missing = asked.filter(({ name }) => !figures.has(name) && !OF_TROUBLE.test(name))
  expect(missing).toEqual([])
  const unknown = asked.flatMap(({ name, labels }) =>
    labels
      .filter((label) => figures.has(name) && !ITS_OWN.includes(label) && !figures.get(name)?.has(label))
      // Of an expression that reads a histogram's parts, the buckets alone are bounded.
      .filter((label) => label !== "le" || name.endsWith("_bucket"))
      .map((label) => `${name} ${label}`),
  )
  expect(unknown).toEqual([])
  // Prometheus would put such a label aside for its own.
  const hidden = [...figures].filter(([, labels]) => labels.has("job") || labels.has("instance"))
  expect(hidden.map(([name]) => name)).toEqual([])
})
