import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { StoreUrls } from "../system/stores.ts"

/**
 * Writes down where the stores are, for programs that want to look into them: `node --env-file=.dev/env …`.
 *
 * @returns the file's path
 */
export function writeStoreAddresses(dataDir: string, stores: StoreUrls): string {
  const path = join(dataDir, "env")
  const lines = Object.entries(stores).map(([name, url]) => `${name}=${url}\n`)
  writeFileSync(path, lines.join(""), { mode: 0o600 })
  return path
}
