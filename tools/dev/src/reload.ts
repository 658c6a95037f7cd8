import { type FSWatcher, watch } from "node:fs"
import { join } from "node:path"
import { ROOT } from "./system/places.ts"
import type { System } from "./system/start-system.ts"

const QUIET_MS = 200

/**
 * Restarts the processes whose sources changed: a tier's own, or all of them for a package's. What changed within
 * a moment counts as one change.
 */
export function reloadOnChange(system: System, say: (message: string) => void): () => void {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const reload = async () => {
    const names = new Set(changed)
    changed.clear()
    const tiers = system.tiers.filter((tier) => names.has("packages") || names.has(tier.name))
    say(`reloading ${tiers.map((tier) => tier.label).join(", ")}`)
    await Promise.all(tiers.map((tier) => tier.restart()))
  }
  const note = (what: string, file: string | null) => {
    if (!file || !/\bsrc\b.*\.ts$/.test(file) || file.endsWith(".test.ts")) return
    changed.add(what)
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = running.then(reload).catch((error: unknown) => say(`reloading failed: ${String(error)}`))
    }, QUIET_MS)
  }
  const watchers: FSWatcher[] = ["packages", "apps/gateway", "apps/api", "apps/worker"].map((folder) =>
    watch(join(ROOT, folder), { recursive: true }, (_event, file) => note(folder.replace("apps/", ""), file)),
  )
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
