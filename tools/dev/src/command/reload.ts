import { existsSync, type FSWatcher, watch } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../system/places.ts"
import type { System } from "../system/start-system.ts"
import { foldersOf } from "./dependencies.ts"

const QUIET_MS = 150

export interface Reload {
  system: Pick<System, "tiers" | "migrate">
  say: (message: string) => void
}

/**
 * Restarts the processes whose files changed, their own or those of a package they depend on; a new migration runs
 * first. What changes within a moment counts as one change.
 *
 * @returns stops watching
 */
export function reloadOnChange({ system, say }: Reload): () => void {
  const folders = new Map(system.tiers.map(({ name }) => [name, foldersOf(`apps/${name}`)]))
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let last = Promise.resolve()
  const reload = async () => {
    const now = [...changed]
    changed.clear()
    const tiers = system.tiers.filter(({ name }) => now.some((each) => folders.get(name)?.has(each)))
    if (now.includes(MIGRATIONS)) await system.migrate()
    if (tiers.length === 0) return
    say(`reloading ${tiers.map(({ label }) => label).join(", ")}`)
    await Promise.all(tiers.map((tier) => tier.restart()))
  }
  const note = (folder: string) => {
    changed.add(folder)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const failed = (error: unknown) => say(`reloading failed: ${String(error)}`)
      last = last.then(reload).catch(failed)
    }, QUIET_MS)
  }
  const watched = new Set([...folders.values()].flatMap((each) => [...each]))
  const watchers = [
    ...[...watched].map((folder) => watchFiles(`${folder}/src`, /(?<!\.test)\.ts$/, () => note(folder), say)),
    watchFiles(MIGRATIONS, /\.sql$/, () => note(MIGRATIONS), say),
  ]
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher?.close()
  }
}

const MIGRATIONS = "packages/db/migrations"

function watchFiles(
  folder: string,
  pattern: RegExp,
  note: () => void,
  say: (message: string) => void,
): FSWatcher | undefined {
  const path = join(ROOT, folder)
  if (!existsSync(path)) return undefined
  const watcher = watch(path, { recursive: true }, (_event, file) => file && pattern.test(file) && note())
  return watcher.on("error", (error) => say(`${folder} is not watched for changes: ${error.message}`))
}
