import { type ChildProcess, spawn } from "node:child_process"

/**
 * A shell that is told of every process group that we start. When we are gone, however we ended, it reads the end
 * of its input and ends those that are left: kindly, then firmly (a second signal ends a server that still waits
 * for its clients), then by SIGKILL.
 */
const SCRIPT = `trap '' HUP INT TERM
left=' '
while read -r sign group; do
  case $sign in
    +) left="$left$group " ;;
    -) case $left in *" $group "*) left="\${left%% $group *} \${left#* $group }" ;; esac ;;
  esac
done
signal() { found=1; for group in $left; do kill "$1" "-$group" 2>/dev/null && found=0; done; return $found; }
for each in -TERM -0 -0 -0 -0 -INT -0 -0 -0 -0; do signal $each || exit 0; sleep 0.5; done
signal -KILL
exit 0`

let reaper: ChildProcess | undefined

/** Its input ends with us alone: Node closes its end of the pipe in every other child. */
function tell(line: string): void {
  if (!reaper) {
    reaper = spawn("/bin/sh", ["-c", SCRIPT, "reaper"], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      cwd: "/",
    })
    reaper.stdin?.on("error", () => {})
    reaper.unref()
    if (reaper.stdin && "unref" in reaper.stdin && typeof reaper.stdin.unref === "function")
      reaper.stdin.unref()
  }
  reaper.stdin?.write(`${line}\n`)
}

/** From now on the process group ends when we do, even if that is by SIGKILL. */
export const endWithUs = (group: number): void => tell(`+ ${group}`)

/** The process group has ended. */
export const hasEnded = (group: number): void => tell(`- ${group}`)
