import { existsSync } from "node:fs"
import { join } from "node:path"
import { startChild } from "../services/child.ts"
import { ROOT } from "./places.ts"
import { Supervised } from "./supervised.ts"

export type TierName = "gateway" | "api" | "worker"
export type Tier = Supervised<TierName>

export interface TierOptions {
  name: TierName
  /** Which of several of its kind, from 0. */
  index: number
  env: Record<string, string | undefined>
  /** The built file instead of the sources. */
  bundled: boolean
  onLine: (tier: string, line: string) => void
  say: (message: string) => void
}

/** Longer than any tier may take to finish its work. */
const STOP_MS = 15_000

/** One process of a tier. @throws when the built file is asked for and was not built */
export function tierOf({ name, index, env, bundled, onLine, say }: TierOptions): Tier {
  const program = join(ROOT, "apps", name, bundled ? "dist/main.js" : "src/main.ts")
  if (!existsSync(program)) throw new Error(`${program} is missing. Build it: npx pnpm build`)
  const tier: Tier = new Supervised({
    name,
    index,
    say,
    launch: async () => {
      const child = await startChild({
        command: process.execPath,
        // Sources load half as much again into memory as a bundle; this gives that back.
        args: bundled ? [program] : ["--optimize-for-size", program],
        cwd: ROOT,
        env,
        onLine: (line) => onLine(tier.label, line),
      })
      return { ...child, stop: () => child.stop("SIGTERM", STOP_MS) }
    },
  })
  return tier
}
