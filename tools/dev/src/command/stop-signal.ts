import { whenLauncherEnds } from "./ancestors.ts"

/** Resolves with the reason to stop; a second signal ends the process at once. */
export function untilToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let told = false
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (told) process.exit(1)
        told = true
        resolve(signal)
      })
    }
    // The terminal is gone: there is nobody left to talk to, and nothing to fail for.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => resolve("no output"))
    whenLauncherEnds((command) => resolve(`${command.split(" ", 2).join(" ")} ended`))
  })
}
