import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { onTestFinished } from "vitest"

/** A folder with the given files, removed when the test ends. */
export async function tempDir(files: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "tintype-gateway-"))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  return dir
}
