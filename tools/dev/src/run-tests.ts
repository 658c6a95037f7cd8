import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { ensureBrowser } from "./browser.ts"
import { ROOT } from "./system/places.ts"

/** Everything that has to hold, in one command: `npx pnpm test [vitest's arguments]`. */

const started = Date.now()

function say(message: string): void {
  console.log(`\n[${((Date.now() - started) / 1000).toFixed(0)} s] ${message}`)
}

/** Runs one of the workspace's programs; ends with its status if it fails. */
function step(what: string, program: string, args: readonly string[]): void {
  say(what)
  const command = join(ROOT, "node_modules/.bin", program)
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] })
  if (status === 0) return
  console.log(`\n${what}: failed\n\n0 passed, 1 failed`)
  process.exit(status ?? 1)
}

const args = process.argv.slice(2)
process.env.TURBO_TELEMETRY_DISABLED = "1"
if (args.length === 0) {
  step("checking format and lint", "biome", ["check", "--error-on-warnings"])
  step("checking types", "turbo", ["typecheck", "typecheck:e2e", "--output-logs=errors-only"])
}
process.env.BROWSER_PATH = ensureBrowser(say)
step("building the web app", "turbo", ["build", "--filter=@tintype/web", "--output-logs=errors-only"])
say("running the tests")
const { status } = spawnSync(join(ROOT, "node_modules/.bin/vitest"), ["run", ...args], {
  cwd: ROOT,
  stdio: ["ignore", "inherit", "inherit"],
})
process.exit(status ?? 1)
