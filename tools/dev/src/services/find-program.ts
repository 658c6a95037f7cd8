import { accessSync, constants, existsSync, rmSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { startChild } from "./child.ts"
import { fetchPackage } from "./debian-package.ts"

const CACHE = fileURLToPath(new URL("../../../../node_modules/.cache/tintype-services", import.meta.url))

/** A program that comes from the machine or from Debian's packages. */
export interface Program {
  name: string
  /** Names under which the machine may have it on its PATH. */
  commands: readonly string[]
  /** The Debian package that holds it. */
  package: string
  /** Where the program lies within the unpacked packages. */
  path: string
  /** How to install it by hand. */
  install: string
}

export interface Found {
  command: string
  env: Record<string, string | undefined>
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of the first of these commands that the machine has. */
export function onPath(commands: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/usr/local/sbin")
  return commands.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

/** A program among unpacked packages, with the libraries that came with it. */
function unpacked(root: string, path: string): Found {
  const libraries = ["usr/lib", "lib"].flatMap((folder) =>
    ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => join(root, folder, name)),
  )
  return {
    command: join(root, path),
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: libraries.filter((each) => existsSync(each)).join(":") },
  }
}

/** Whether it can be loaded: not all programs know the option, but one that lacks a library ends with this code. */
const NOT_LOADED = 127

async function works({ command, env }: Found): Promise<boolean> {
  if (!isProgram(command)) return false
  const child = await startChild({ command, args: ["--version"], env })
  await child.exited
  return (child.code() ?? NOT_LOADED) < NOT_LOADED
}

/**
 * Finds a program: on the PATH, unpacked by an earlier call, or fetched from Debian's packages without installing
 * anything. @throws an error that names the command to install it
 */
export async function findProgram(
  program: Program,
  say: (message: string) => void = () => {},
  cache = CACHE,
): Promise<Found> {
  const installed = onPath(program.commands)
  if (installed) return { command: installed, env: process.env }
  const root = join(cache, program.name)
  const found = unpacked(root, program.path)
  if (await works(found)) return found
  const apt = onPath(["apt-get"])
  if (!apt || !onPath(["dpkg"])) throw new Error(`${program.name} is missing. Install it: ${program.install}`)
  say(`fetching ${program.name} from Debian's packages (once)`)
  rmSync(root, { recursive: true, force: true })
  try {
    await fetchPackage(apt, program.package, root)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `${program.name} is missing and could not be fetched. Install it: ${program.install}\n${why}`,
    )
  }
  const fetched = unpacked(root, program.path)
  if (!(await works(fetched)))
    throw new Error(`${program.name} was fetched but does not start. Install it: ${program.install}`)
  return fetched
}
