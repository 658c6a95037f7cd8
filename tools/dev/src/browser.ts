import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

const find = () => [...CHROMIUM, MAC].find((path) => existsSync(path))

/**
 * The browser that the tests drive; on a Debian machine where we are root it is installed if it is missing.
 *
 * @throws an error that names the command to install it
 */
export function ensureBrowser(say: (message: string) => void): string {
  const found = find()
  if (found) return found
  const packages = ["chromium", "fonts-dejavu-core"]
  const byHand = new Error(
    `The browser tests need Chromium. Install it: sudo apt-get install ${packages.join(" ")}`,
  )
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw byHand
  say("installing Chromium for the browser tests (once)")
  const options = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const
  execFileSync("apt-get", ["-qq", "update"], options)
  execFileSync("apt-get", ["-qq", "install", "-y", "--no-install-recommends", ...packages], options)
  const installed = find()
  if (!installed) throw byHand
  return installed
}
