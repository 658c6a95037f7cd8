import type { Child } from "./child.ts"

/** A store's process, ready to take connections on the loopback address. */
export interface Server extends Pick<Child, "pid" | "running" | "exited" | "tail" | "kill"> {
  port: number
  stop(): Promise<void>
}
