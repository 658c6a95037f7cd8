import { execFile } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)
const CACHE = fileURLToPath(new URL("../../../../node_modules/.cache/tintype-services", import.meta.url))

/** A program that comes from the machine or from Debian's packages. */
export interface Program {
  name: string
  /** Names under which the machine may have it on its PATH. */
  commands: readonly string[]
  /** The Debian packages that hold it and its libraries. */
  packages: readonly string[]
  /** Where the program lies within the unpacked packages. */
  path: string
  /** How to install it by hand. */
  install: string
}

export interface Found {
  command: string
  env: Record<string, string | undefined>
}

function onPath(commands: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/usr/local/sbin")
  return commands
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
}

/** Apt with lists and cache of its own: needs no root and leaves the machine's alone. */
function aptOptions(folder: string): string[] {
  const options = [
    `Dir::State::lists=${folder}/lists`,
    `Dir::Cache=${folder}/cache`,
    "APT::Sandbox::User=root",
    "Debug::NoLocking=1",
    "Acquire::Languages=none",
  ]
  return options.flatMap((option) => ["-o", option])
}

async function unpack(program: Program, target: string): Promise<void> {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, "fetch-"))
  try {
    for (const name of ["lists/partial", "cache/archives/partial", "debs", "root"]) {
      mkdirSync(join(folder, name), { recursive: true })
    }
    const options = { cwd: join(folder, "debs"), timeout: 120_000, maxBuffer: 1 << 24 }
    await run("apt-get", [...aptOptions(folder), "-qq", "update"], options)
    await run("apt-get", [...aptOptions(folder), "-qq", "download", ...program.packages], options)
    for (const deb of readdirSync(join(folder, "debs"))) {
      await run("dpkg", ["-x", join(folder, "debs", deb), join(folder, "root")])
    }
    try {
      renameSync(join(folder, "root"), target)
    } catch (error) {
      if (!existsSync(join(target, program.path))) throw error
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unpacked(root: string, program: Program): Found {
  const libraries = ["usr/lib", "lib"].flatMap((folder) =>
    ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => join(root, folder, name)),
  )
  return {
    command: join(root, program.path),
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: libraries.filter((path) => existsSync(path)).join(":") },
  }
}

/**
 * Finds a program: on the PATH, unpacked by an earlier call, or fetched from Debian's packages without installing
 * anything. @throws an error that names the command to install it
 */
export async function findProgram(
  program: Program,
  say: (message: string) => void = () => {},
): Promise<Found> {
  const installed = onPath(program.commands)
  if (installed) return { command: installed, env: process.env }
  const root = join(CACHE, program.name)
  if (!existsSync(join(root, program.path))) {
    if (!onPath(["apt-get"])) throw new Error(`${program.name} is missing. Install it: ${program.install}`)
    say(`fetching ${program.name} from Debian's packages (once)`)
    try {
      await unpack(program, root)
    } catch (cause) {
      throw new Error(`${program.name} is missing and could not be fetched. Install it: ${program.install}`, {
        cause,
      })
    }
  }
  return unpacked(root, program)
}
