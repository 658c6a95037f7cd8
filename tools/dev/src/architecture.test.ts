import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import * as rules from "./architecture/rules.ts"
import { parseSource, readSource } from "./architecture/source-file.ts"
import { ROOT } from "./system/places.ts"

const tracked = execFileSync("git", ["ls-files", "*.ts", "*.tsx"], { cwd: ROOT, encoding: "utf8" })
const files = tracked
  .split("\n")
  .filter((path) => path && existsSync(join(ROOT, path)))
  .map((path) => readSource(ROOT, path))

describe("the house", () => {
  test.for(Object.entries(rules))("%s", ([, rule]) => {
    expect(rule(files)).toEqual([])
  })

  test("there is something to check", () => {
    expect(files.length).toBeGreaterThan(100)
  })
})

/** A small offence for each rule: it must be seen. */
const OFFENCES: Record<keyof typeof rules, [path: string, text: string][]> = {
  layers: [["apps/api/src/x.ts", 'import { y } from "@tintype/worker"']],
  features: [["packages/domain/src/accounts/x.ts", 'import { y } from "../posts/index.ts"']],
  ownedLibraries: [["apps/api/src/x.ts", 'import sharp from "sharp"']],
  environment: [["apps/api/src/x.ts", "export const port = process.env.PORT"]],
  namedExports: [["apps/api/src/x.ts", "export default 1"]],
  cycles: [
    ["apps/api/src/x.ts", 'import { y } from "./y.ts"'],
    ["apps/api/src/y.ts", 'export { x } from "./x.ts"'],
  ],
  youngFunctions: [["apps/api/src/x.ts", "export const x = (y: Y) => {\n  y.onEnd = () => y.end()\n}"]],
  sizes: [["apps/api/src/x.ts", `export function long() {${"\n".repeat(61)}}`]],
  spread: [["apps/api/src/x.ts", "\n".repeat(61)]],
}

describe("each rule sees an offence", () => {
  test.for(Object.entries(OFFENCES))("%s", ([name, sources]) => {
    const rule = Object.entries(rules).find(([each]) => each === name)?.[1]
    expect(rule?.(sources.map(([path, text]) => parseSource(path, text)))).not.toEqual([])
  })

  test("a feature is reached through its index alone", () => {
    const file = parseSource("packages/domain/src/posts/x.ts", 'import { y } from "../media/photo.ts"')
    expect(rules.features([file])).toHaveLength(1)
  })
})
