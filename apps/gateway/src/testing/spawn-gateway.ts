import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { onTestFinished, vi } from "vitest"
import { SECRET } from "./start-gateway.ts"

/** A line of the process's log. */
export type LogLine = Readonly<Record<string, unknown>>

/** A gateway in a process of its own. */
export interface GatewayProcess {
  port: number
  origin: string
  child: ChildProcess
  lines: readonly LogLine[]
  /** The exit code; null when a signal ended it. */
  exited: Promise<number | null>
  /** Memory in MiB: what it has now, and the most it ever had. */
  memory(): { resident: number; peak: number }
}

/** Starts `main.ts` as an operator would, and kills it when the test ends. */
export async function spawnGateway(env: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url))
  const child = spawn(process.execPath, [main], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      HOST: "127.0.0.1",
      PORT: "0",
      PUBLIC_URL: "http://localhost",
      SIGNING_SECRET: SECRET,
      BLOB_DIR: "/nonexistent",
      ...env,
    },
  })
  onTestFinished(() => {
    child.kill("SIGKILL")
  })
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve))
  const lines: LogLine[] = []
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as LogLine))
  const listening = await vi.waitUntil(() => lines.find((each) => each.msg === "listening"), {
    timeout: 20_000,
  })
  const port = Number(listening.port)
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    child,
    lines,
    exited,
    memory: () => ({ resident: readMib(child.pid, "VmRSS"), peak: readMib(child.pid, "VmHWM") }),
  }
}

function readMib(pid: number | undefined, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
}
