import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { System } from "../system/start-system.ts"

/**
 * Writes down what programs need that work with this system's data: `node --env-file=.dev/env …`, `pnpm tintype …`.
 *
 * @returns the file's path
 */
export function writeStoreAddresses(
  dataDir: string,
  { stores, env }: Pick<System, "stores" | "env">,
): string {
  const path = join(dataDir, "env")
  const { BLOB_DIR, PUBLIC_URL, SIGNING_SECRET } = env
  const lines = Object.entries({ ...stores, BLOB_DIR, PUBLIC_URL, SIGNING_SECRET }).map(
    ([name, value]) => `${name}=${value}\n`,
  )
  writeFileSync(path, lines.join(""), { mode: 0o600 })
  return path
}
