import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { expect, test } from "vitest"
import { ROOT } from "./system/places.ts"

const read = (path: string) => readFileSync(join(ROOT, path), "utf8")

/** What is added to a histogram's name. */
const PART = /_(bucket|count|sum)$/

const BOARDS = "deploy/observability/grafana/dashboards"
const boards = readdirSync(join(ROOT, BOARDS)).map((name) => `${BOARDS}/${name}`)

/** What runs and Prometheus itself tell by other names than ours. */
const COMMON = [
  "nodejs_eventloop_lag_p99_seconds",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
]

test("every figure that an alert, a board or the handbook names is one that a process tells", () => {
  const sources = execFileSync("git", ["ls-files", "apps/*.ts", "packages/*.ts"], {
    cwd: ROOT,
    encoding: "utf8",
  })
  const told = new Set(
    sources
      .split("\n")
      .filter((path) => path && !path.endsWith(".test.ts"))
      .flatMap((path) => [...read(path).matchAll(/"(tintype_[a-z_]+)"/g)].map(([, name]) => name)),
  )
  for (const path of ["deploy/observability/rules.yml", "docs/operating.md", ...boards]) {
    const named = [...read(path).matchAll(/\btintype_[a-z_]+/g)].map(([name]) => name)
    expect(named.length, path).toBeGreaterThan(5)
    const unknown = named.filter((name) => !told.has(name) && !told.has(name.replace(PART, "")))
    expect(unknown, path).toEqual([])
  }
})

test("every alert says why it matters and how much", () => {
  const alerts = read("deploy/observability/rules.yml").split("- alert: ").slice(1)
  expect(alerts.length).toBeGreaterThan(5)
  for (const alert of alerts) {
    expect(alert).toMatch(/severity: (page|look)/)
    expect(alert).toMatch(/^ +summary: \S/m)
    expect(alert).toMatch(/^ +reason: \S/m)
  }
})

interface Panel {
  title: string
  id: number
  datasource: { uid: string }
  gridPos: { x: number; y: number; w: number; h: number }
  targets: { expr: string }[]
}

interface Board {
  uid: string
  title: string
  panels: Panel[]
}

const readBoard = (path: string): Board => JSON.parse(read(path))

test("there is a board for each tier, with the age of the oldest waiting job first of all", () => {
  expect(boards.map((path) => basename(path, ".json")).sort()).toEqual(["api", "cache", "gateway", "jobs"])
  const [first] = readBoard(`${BOARDS}/jobs.json`).panels
  expect(first?.targets[0]?.expr).toContain("tintype_jobs_oldest_waiting_age_seconds")
})

test.for(boards)("%s asks Prometheus for what there is, and its panels lie side by side", (path) => {
  const { uid, panels } = readBoard(path)
  expect(uid).toBe(`tintype-${basename(path, ".json")}`)
  const source = read("deploy/observability/grafana/provisioning/datasources/prometheus.yml")
  const cells = new Set<string>()
  for (const { title, datasource, gridPos, targets } of panels) {
    expect(source).toContain(`uid: ${datasource.uid}`)
    for (const { expr } of targets) {
      const named = [...expr.matchAll(/\b(?:tintype|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)
      expect([title, named.length + Number(expr.includes("up{"))]).not.toEqual([title, 0])
      const foreign = named.filter((name) => !name.startsWith("tintype_") && !COMMON.includes(name))
      expect([title, foreign]).toEqual([title, []])
    }
    const { x, y, w, h } = gridPos
    for (let at = 0; at < w * h; at++) {
      const cell = `${x + (at % w)} ${y + Math.floor(at / w)}`
      expect([title, cells.has(cell), x + w <= 24]).toEqual([title, false, true])
      cells.add(cell)
    }
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
})
