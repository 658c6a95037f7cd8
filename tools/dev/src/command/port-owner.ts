import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { processInfo } from "../services/process-info.ts"

const LISTENING = "0A"

function read<T>(get: () => T, otherwise: T): T {
  try {
    return get()
  } catch {
    return otherwise
  }
}

/** The kernel's numbers of the sockets that listen on the port. */
function listeningSockets(port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0")
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) =>
    read(() => readFileSync(path, "utf8"), "").split("\n"),
  )
  const fields = rows.map((row) => row.trim().split(/\s+/))
  const own = fields.filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === LISTENING)
  return new Set(own.map((each) => `socket:[${each[9]}]`))
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  const open = read(() => readdirSync(`/proc/${pid}/fd`), [])
  return open.some((fd) => sockets.has(read(() => readlinkSync(`/proc/${pid}/fd/${fd}`), "")))
}

function ownerPid(port: number): string | undefined {
  const processes = read(() => readdirSync("/proc"), []).filter((name) => /^\d+$/.test(name))
  if (processes.length === 0)
    return spawnSync("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"], { encoding: "utf8" })
      .stdout?.split("\n", 1)
      .at(0)
  const sockets = listeningSockets(port)
  return processes.find((pid) => holds(pid, sockets))
}

/** The program that listens on the port, in words, as far as the machine tells us. */
export function portOwner(port: number): string {
  const owner = processInfo(Number(ownerPid(port) || Number.NaN))
  return owner ? `process ${owner.pid} (${owner.command.slice(0, 120)})` : "another program"
}
