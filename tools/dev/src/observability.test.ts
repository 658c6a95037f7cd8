import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { ROOT } from "./system/places.ts"

const read = (path: string) => readFileSync(join(ROOT, path), "utf8")

/** What is added to a histogram's name. */
const PART = /_(bucket|count|sum)$/

test("every figure that an alert or the handbook names is one that a process tells", () => {
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
  for (const path of ["deploy/observability/rules.yml", "docs/operating.md"]) {
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
