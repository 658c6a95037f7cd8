import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"

const PROGRAM = join(import.meta.dirname, "../../../../apps/gateway/src/main.ts")

type Line = Readonly<Record<string, unknown>>

/** The gateway as an operator runs it. */
export interface Gateway {
  origin: string
  child: ChildProcess
  lines: readonly Line[]
  /** When a line came that fits, in milliseconds of `Date.now`. */
  until(fits: (line: Line) => boolean): Promise<number>
  stop(): Promise<void>
}

const quiet = { LOG_LEVEL: "info", DRAIN_SECONDS: "8", HOST: "127.0.0.1", PORT: "0" }

/** Starts it before the given replicas. @param settings on top of those that all measurements share */
export async function startGateway(
  replicas: readonly { name: string }[],
  processes: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const child = spawn(process.execPath, [PROGRAM], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...quiet,
      SIGNING_SECRET: "a secret for measurements, long enough",
      BLOB_DIR: "/nonexistent",
      API_UPSTREAMS: replicas.map(({ name }) => `http://${name}`).join(","),
      GATEWAY_PROCESSES: String(processes),
      ...settings,
    },
  })
  const lines: Line[] = []
  const output = createInterface({ input: child.stdout })
  output.on("line", (text) => {
    // The access log is most of the output and nothing is asked of it here.
    if (!text.includes('"msg":"request"')) lines.push(JSON.parse(text))
  })
  const until = async (fits: (line: Line) => boolean) => {
    for (;;) {
      const line = lines.find(fits)
      if (line) return Date.parse(String(line.time))
      await once(output, "line", { signal: AbortSignal.timeout(30_000) })
    }
  }
  const listening = () => lines.filter(({ msg }) => msg === "listening")
  await until(() => listening().length === processes)
  const port = listening()[0]?.port
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, "exit")
    child.kill("SIGTERM")
    await exited
  }
  return { origin: `http://127.0.0.1:${port}`, child, lines, until, stop }
}
