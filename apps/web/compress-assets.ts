import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip, zstdCompress } from "node:zlib"
import type { Plugin } from "vite"

const COMPRESSIBLE = /\.(html|js|css|svg|json|webmanifest)$/
/** Below this the headers of a second file outweigh what compression saves. */
const SMALLEST_BYTES = 512

const brotli = promisify(brotliCompress)
const deflate = promisify(gzip)
const zstandard = promisify(zstdCompress)

/** Slow and small; the window is the largest that every browser takes (RFC 9659). */
const ZSTD = {
  params: { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_windowLog]: 23 },
}

/** Writes `.br`, `.zst` and `.gz` beside every text file of the build, so that the server never compresses anew. */
export function compressAssets(): Plugin {
  let folder = ""
  return {
    name: "tintype:compress-assets",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true })
      await Promise.all(
        names.filter((name) => COMPRESSIBLE.test(name)).map((name) => compress(join(folder, name))),
      )
    },
  }
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path)
  if (bytes.length < SMALLEST_BYTES) return
  const [small, quick, gzipped] = await Promise.all([
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    zstandard(bytes, ZSTD),
    deflate(bytes, { level: 9 }),
  ])
  await Promise.all([
    writeFile(`${path}.br`, small),
    writeFile(`${path}.zst`, quick),
    writeFile(`${path}.gz`, gzipped),
  ])
}
