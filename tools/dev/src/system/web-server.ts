import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { startServer } from "../services/child.ts"
import { freePort } from "../services/free-port.ts"
import { ROOT } from "./places.ts"
import { Supervised } from "./supervised.ts"

export interface WebServer {
  url: string
  process: Supervised
}

const FOLDER = join(ROOT, "apps/web")

/** The web app by Vite, with changes shown at once; the gateway passes requests on to it. */
export async function startWebServer(options: {
  onLine: (line: string) => void
  say: (message: string) => void
}): Promise<WebServer> {
  const vite = join(
    dirname(createRequire(join(FOLDER, "package.json")).resolve("vite/package.json")),
    "bin/vite.js",
  )
  const port = await freePort()
  const launch = () =>
    startServer({
      name: "Vite",
      ready: /ready in/,
      command: process.execPath,
      args: [vite, "--host", "127.0.0.1", "--port", String(port), "--strictPort", "--clearScreen", "false"],
      cwd: FOLDER,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
      onLine: options.onLine,
      seconds: 60,
    })
  const web = new Supervised({ name: "web", launch, say: options.say })
  await web.start()
  return { url: `http://127.0.0.1:${port}`, process: web }
}
