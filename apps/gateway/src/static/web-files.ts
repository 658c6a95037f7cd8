import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import type { Coding } from "./accept-encoding.ts"
import { contentTypeOf } from "./content-types.ts"
import type { Bytes } from "./send-bytes.ts"

const MAX_FILES = 10_000
const CODING_SUFFIX: ReadonlyArray<readonly [Coding, string]> = [
  ["br", ".br"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
]

/** A file of the web app and the forms it was compressed to when it was built. */
export interface WebFile {
  type: string
  /** Its name changes with its content, so it can be kept for ever. */
  immutable: boolean
  plain: Bytes
  coded: ReadonlyMap<Coding, Bytes>
}

/**
 * Takes stock of the built web app. What is served later is what is listed here and nothing else, whatever a
 * request's path looks like; symbolic links are not listed.
 *
 * @param dir the build's folder, with an `index.html`
 * @returns files by URL path, such as `/assets/app-3fa9c2d1.js`
 * @throws Error when the folder has no `index.html` or cannot be read
 */
export async function listWebFiles(dir: string): Promise<ReadonlyMap<string, WebFile>> {
  const found = new Map<string, Bytes>()
  await take(dir, "", found)
  if (!found.has("/index.html")) throw new Error("WEB_DIR holds no index.html: build the web app first")
  const files = new Map<string, WebFile>()
  for (const [path, plain] of found) {
    if (isCodedForm(path, found)) continue
    files.set(path, {
      type: contentTypeOf(path),
      immutable: path.startsWith("/assets/"),
      plain,
      coded: codedForms(path, found),
    })
  }
  return files
}

/** Descends by hand: `readdir` with `recursive` follows links to folders. */
async function take(dir: string, below: string, found: Map<string, Bytes>): Promise<void> {
  for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
    const path = `${below}/${entry.name}`
    if (entry.isDirectory()) await take(dir, path, found)
    if (!entry.isFile()) continue
    if (found.size === MAX_FILES) throw new Error(`WEB_DIR holds more than ${MAX_FILES} files`)
    found.set(path, await describe(join(dir, path)))
  }
}

async function describe(file: string): Promise<Bytes> {
  const [{ size }, content] = await Promise.all([stat(file), readFile(file)])
  const digest = createHash("sha256").update(content).digest("base64url").slice(0, 22)
  return {
    size,
    etag: `"${digest}"`,
    read: (range) => createReadStream(file, range),
  }
}

function codedForms(path: string, found: ReadonlyMap<string, Bytes>): ReadonlyMap<Coding, Bytes> {
  const coded = new Map<Coding, Bytes>()
  for (const [coding, suffix] of CODING_SUFFIX) {
    const bytes = found.get(path + suffix)
    if (bytes) coded.set(coding, bytes)
  }
  return coded
}

function isCodedForm(path: string, found: ReadonlyMap<string, Bytes>): boolean {
  return CODING_SUFFIX.some(([, suffix]) => path.endsWith(suffix) && found.has(path.slice(0, -suffix.length)))
}
