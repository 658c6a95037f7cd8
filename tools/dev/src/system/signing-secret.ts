import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Made at the first start and kept: links to photos outlive a restart. */
export function signingSecret(dataDir: string): string {
  const path = join(dataDir, "signing-secret")
  mkdirSync(dataDir, { recursive: true })
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, randomBytes(32).toString("base64url"), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return readFileSync(path, "utf8").trim()
}
