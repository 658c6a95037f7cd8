import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { runChild } from "./child.ts"

/** Apt with lists and cache of its own: needs no root and leaves the machine's alone. */
function aptArguments(folder: string): string[] {
  const options = [
    `Dir::State::lists=${folder}/lists`,
    `Dir::Cache=${folder}/cache`,
    "APT::Sandbox::User=root",
    "Debug::NoLocking=1",
    "Acquire::Languages=none",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
  ]
  return ["-qq", "-y", ...options.flatMap((option) => ["-o", option])]
}

/** Puts a folder into its place, unless another process did so first. */
function moveInto(folder: string, target: string): void {
  try {
    renameSync(folder, target)
  } catch (error) {
    if (!existsSync(target)) throw error
  }
}

/**
 * Downloads a package, and those it needs that this machine lacks, and unpacks them without installing them.
 *
 * @param target the folder that will hold their files
 */
export async function fetchPackage(apt: string, name: string, target: string): Promise<void> {
  mkdirSync(dirname(target), { recursive: true })
  const folder = mkdtempSync(join(dirname(target), "fetch-"))
  const run = (command: string, args: string[]) =>
    runChild({ command, args, cwd: folder, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } })
  try {
    for (const each of ["lists/partial", "cache/archives/partial", "root"]) {
      mkdirSync(join(folder, each), { recursive: true })
    }
    await run(apt, [...aptArguments(folder), "update"])
    const install = ["--no-install-recommends", "--download-only", "install", name]
    await run(apt, [...aptArguments(folder), ...install])
    const archives = join(folder, "cache/archives")
    for (const file of readdirSync(archives).filter((each) => each.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(archives, file), join(folder, "root")])
    }
    moveInto(join(folder, "root"), target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
