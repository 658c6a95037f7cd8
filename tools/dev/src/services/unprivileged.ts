import { spawnSync } from "node:child_process"
import { chownSync, readdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"

/** `nobody`, under whom servers run that refuse to run as root. */
const NOBODY = 65_534

export interface Launch {
  command: string
  args: string[]
  uid?: number
  gid?: number
}

interface User {
  uid: number
  gid: number
}

function give(path: string, { uid, gid }: User): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) give(inner, { uid, gid })
    else chownSync(inner, uid, gid)
  }
  chownSync(path, uid, gid)
}

/** The folder's owner, if that is not root: data that somebody made as an ordinary user stays theirs. */
function userFor(data: string): User {
  const { uid, gid } = statSync(data)
  if (uid !== 0) return { uid, gid }
  const nobody = { uid: NOBODY, gid: NOBODY }
  give(data, nobody)
  return nobody
}

/** Whether the user may run this program, or enter this folder. */
const mayEnter = (path: string, user: User) =>
  spawnSync("test", ["-x", path], { ...user, cwd: "/" }).status === 0

/**
 * An ordinary user with one right of root's: to reach files in folders that are closed to it. The last option keeps
 * that right when the program itself asks what it may read.
 */
const REACHING_ALL = [
  "--clear-groups",
  "--inh-caps=+dac_override",
  "--ambient-caps=+dac_override",
  "--securebits=+no_setuid_fixup",
]

/**
 * How to start a program that refuses to run as root: as it is for an ordinary user, as `nobody` for root. Where
 * `nobody` cannot reach the program or its data (a checkout below /root), it gets the right to.
 *
 * @param data the folder that the program writes to; it is made the program's own
 * @throws when root has no way to start it
 */
export function unprivileged(command: string, args: string[], data: string): Launch {
  if (process.getuid?.() !== 0) return { command, args }
  const user = userFor(data)
  if (mayEnter(command, user) && mayEnter(dirname(data), user)) return { command, args, ...user }
  const reaching = [`--reuid=${user.uid}`, `--regid=${user.gid}`, ...REACHING_ALL]
  if (spawnSync("setpriv", [...reaching, "test", "-x", command]).status !== 0) {
    throw new Error(
      `${command} may not run as root, and other users cannot enter its folder or ${data}. Start as an ordinary user, or move the checkout to a folder that all may enter.`,
    )
  }
  return { command: "setpriv", args: [...reaching, command, ...args] }
}
