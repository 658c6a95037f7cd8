import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { ensureBrowser } from "./command/browser.ts"
import { ROOT } from "./system/places.ts"

/**
 * Everything that has to hold, in one command: `npx pnpm test [vitest's arguments]`. With arguments only the tests
 * run. The checks that come first count among what failed, in the line that the test run ends with.
 */

const started = Date.now()
const failed: string[] = []

function say(message: string): void {
  console.log(`\n[${((Date.now() - started) / 1000).toFixed(0)} s] ${message}`)
}

/** Runs one of the workspace's programs. @returns whether it went well */
function run(program: string, args: readonly string[]): boolean {
  const command = join(ROOT, "node_modules/.bin", program)
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] })
  return status === 0
}

function check(what: string, work: () => boolean): void {
  say(what)
  let passed = false
  try {
    passed = work()
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
  }
  if (!passed) failed.push(what)
}

const quiet = "--output-logs=errors-only"
const args = process.argv.slice(2).filter((each, index) => !(each === "--" && index === 0))
process.env.TURBO_TELEMETRY_DISABLED = "1"
if (args.length === 0) {
  check("checking format and lint", () => run("biome", ["check", "--error-on-warnings"]))
  check("checking types", () => [".", "apps/web", "e2e"].every((project) => run("tsc", ["-p", project])))
}
check("looking for a browser", () => {
  process.env.BROWSER_PATH = ensureBrowser(say)
  return true
})
check("building the web app and the programs", () => run("turbo", ["build", quiet]))
say("running the tests")
process.env.FAILED_CHECKS = String(failed.length)
const passed = run("vitest", ["run", ...args])
process.exit(passed && failed.length === 0 ? 0 : 1)
