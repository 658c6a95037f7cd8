import { readFileSync } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../system/places.ts"

const PREFIX = "@tintype/"

function directDependencies(folder: string): string[] {
  const parsed: unknown = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"))
  if (typeof parsed !== "object" || parsed === null || !("dependencies" in parsed)) return []
  return Object.keys(parsed.dependencies ?? {})
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => `packages/${name.slice(PREFIX.length)}`)
}

/** The folders whose files the package in this folder runs: its own and those it depends on, however indirectly. */
export function foldersOf(folder: string): Set<string> {
  const found = new Set<string>()
  const visit = (each: string) => {
    if (found.has(each)) return
    found.add(each)
    directDependencies(each).forEach(visit)
  }
  visit(folder)
  return found
}
