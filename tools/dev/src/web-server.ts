import { join } from "node:path"
import { type Child, startChild, untilListening } from "./services/child.ts"
import { freePort } from "./services/free-port.ts"
import { ROOT } from "./system/places.ts"

/** The web app by Vite, with changes shown at once; the gateway passes requests on to it. */
export async function startWebServer(
  onLine: (line: string) => void,
): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort()
  const child: Child = await startChild({
    command: process.execPath,
    args: [
      join(ROOT, "apps/web/node_modules/vite/bin/vite.js"),
      ...["--host", "127.0.0.1", "--port", String(port), "--strictPort", "--clearScreen", "false"],
    ],
    cwd: join(ROOT, "apps/web"),
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    onLine,
  })
  await untilListening("Vite", child, port, 60)
  return { url: `http://127.0.0.1:${port}`, stop: () => child.stop() }
}
