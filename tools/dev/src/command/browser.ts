import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { onPath } from "../services/find-program.ts"

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
const PACKAGES = ["chromium", "fonts-dejavu-core"]

const find = () => process.env.BROWSER_PATH || onPath(COMMANDS) || (existsSync(MAC) ? MAC : undefined)

/** @throws with apt's last words when it fails */
function apt(args: readonly string[]): void {
  const { status, stderr } = spawnSync("apt-get", ["-qq", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  })
  if (status !== 0) throw new Error(`apt-get ${args.join(" ")} failed:\n${stderr.slice(-2000)}`)
}

/**
 * The browser that the tests drive; on a Debian machine where we are root it is installed if it is missing.
 *
 * @throws an error that names the command to install it
 */
export function ensureBrowser(say: (message: string) => void): string {
  const found = find()
  if (found) return found
  if (process.getuid?.() === 0 && onPath(["apt-get"])) {
    say("installing Chromium for the browser tests (once)")
    apt(["update"])
    apt(["install", "-y", "--no-install-recommends", ...PACKAGES])
  }
  const installed = find()
  if (installed) return installed
  throw new Error(
    `The browser tests need Chromium. Install it: sudo apt-get install ${PACKAGES.join(" ")}\nor name another one by BROWSER_PATH.`,
  )
}
