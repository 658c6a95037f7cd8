import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../system/places.ts"

/** Runs the script of the service `secrets` on a folder that goes with it. */
export function makeSecrets() {
  const folder = mkdtempSync(join(tmpdir(), "tintype-secrets-"))
  return {
    folder,
    /** @returns every file's text by its path */
    run(): Record<string, string> {
      execFileSync("sh", [join(ROOT, "deploy/secrets/make-secrets.sh"), folder])
      const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
      const files = paths.filter((path) => statSync(join(folder, path)).isFile())
      return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), "utf8")]))
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
