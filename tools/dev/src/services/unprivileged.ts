import { spawnSync } from "node:child_process"
import { chownSync, readdirSync } from "node:fs"
import { join } from "node:path"

/** Debian's `nobody`, under whom servers run that refuse to run as root. */
const NOBODY = 65_534

export interface Launch {
  command: string
  args: string[]
  uid?: number
  gid?: number
}

const isRoot = () => process.getuid?.() === 0

/** Gives a folder and what is in it to the unprivileged user. */
function hand(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) hand(inner)
    else chownSync(inner, NOBODY, NOBODY)
  }
  chownSync(path, NOBODY, NOBODY)
}

/** Whether the unprivileged user gets as far as this file: a checkout below /root is closed to it. */
function reachable(path: string): boolean {
  return spawnSync("test", ["-r", path], { uid: NOBODY, gid: NOBODY, cwd: "/" }).status === 0
}

/**
 * How to start a program that refuses to run as root: as it is for an ordinary user; as `nobody` for root, or in a
 * user namespace of its own where `nobody` cannot reach the program or its data.
 *
 * @param data the folder that the program writes to
 */
export function unprivileged(command: string, args: string[], data: string): Launch {
  if (!isRoot()) return { command, args }
  if (reachable(command) && reachable(join(data, ".."))) {
    hand(data)
    return { command, args, uid: NOBODY, gid: NOBODY }
  }
  const map = ["--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
  return { command: "unshare", args: [...map, command, ...args] }
}
