import { createReadStream } from "node:fs"
import { access } from "node:fs/promises"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"

/** The two files of Swagger UI that its page needs. */
export const DOCS_ASSETS = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const

export type DocsAsset = keyof typeof DOCS_ASSETS

/** Beside the bundle that is deployed, where the build puts them; in development where the package lies. */
async function pathOf(name: DocsAsset): Promise<string> {
  const deployed = fileURLToPath(new URL(`./docs/${name}`, import.meta.url))
  try {
    await access(deployed)
    return deployed
  } catch {
    return fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))
  }
}

/** Read from disk each time: they are large, seldom asked for, and kept by browsers. */
export const openDocsAsset = async (name: DocsAsset): Promise<Readable> =>
  createReadStream(await pathOf(name))
