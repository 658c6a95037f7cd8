import { matchesGlob } from "node:path"

/** What a Dockerfile takes out of the build context: the sources of each COPY that names no stage. */
export function copiedPaths(dockerfile: string): string[] {
  const copies = dockerfile.replaceAll("\\\n", " ").matchAll(/^COPY\s+(.+)$/gm)
  return [...copies].flatMap(([, rest = ""]) => {
    if (rest.includes("--from=")) return []
    return rest
      .trim()
      .split(/\s+/)
      .filter((each) => !each.startsWith("--"))
      .slice(0, -1)
  })
}

/** Whether a .dockerignore keeps a path out of the build context: the last line that fits it, or a folder of it, decides. */
export function isKeptOut(path: string, dockerignore: string): boolean {
  const parts = path.split("/")
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join("/"))
  const lines = dockerignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  const decisive = lines.findLast((line) =>
    folders.some((each) => matchesGlob(each, line.replace(/^!/, "").replace(/\/$/, ""))),
  )
  return decisive !== undefined && !decisive.startsWith("!")
}
