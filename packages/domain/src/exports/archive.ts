import { Readable } from "node:stream"
import { finished } from "node:stream/promises"
import { ZipFile } from "yazl"
import type { Context } from "../context.ts"

/** A file system's worth: an account's originals are bounded long before. */
const MOST_BYTES = 2 ** 40

/** A ZIP file that is written piece by piece: one entry at a time, each as fast as the disk takes it. */
export interface Archive {
  /** Adds a text. */
  addText(name: string, pieces: AsyncIterable<Buffer>): Promise<void>
  /** Adds what lies in the blob store as it is; nothing if it is gone. @returns whether it was there */
  addBlob(name: string, key: string): Promise<boolean>
}

function archiveInto(ctx: Context, zip: ZipFile, signal: AbortSignal): Archive {
  const add = async (name: string, stream: Readable, options: { compress: boolean; size?: number }) => {
    zip.addReadStream(stream, name, options)
    try {
      await finished(stream, { signal, writable: false })
    } finally {
      stream.destroy()
    }
  }
  return {
    addText: (name, pieces) => add(name, Readable.from(pieces, { objectMode: false }), { compress: true }),
    async addBlob(name, key) {
      const blob = await ctx.blobs.open(key)
      if (!blob) return false
      try {
        // Photos are compressed already.
        const { size } = blob
        await add(name, blob.read({ start: 0, end: size - 1 }), { compress: false, size })
        return true
      } finally {
        await blob.close()
      }
    },
  }
}

/**
 * Writes a ZIP file into the blob store, never whole in memory; beyond 4 GiB or 65,535 entries it is a ZIP64. When this
 * returns it survives a power cut.
 *
 * @param fill adds the entries, one after the other
 * @returns its size
 * @throws StorageFull, what `fill` throws, and the signal's reason
 */
export async function writeArchive(
  ctx: Context,
  key: string,
  signal: AbortSignal,
  fill: (archive: Archive) => Promise<void>,
): Promise<number> {
  const zip = new ZipFile()
  const output = Readable.from(zip.outputStream, { objectMode: false })
  const stop = new AbortController()
  const filling = (async () => {
    await fill(archiveInto(ctx, zip, AbortSignal.any([signal, stop.signal])))
    zip.end()
  })()
  // Whichever side fails ends the other one.
  filling.catch((error: Error) => output.destroy(error))
  zip.on("error", (error: Error) => output.destroy(error))
  try {
    const upload = await ctx.blobs.receive(output, { maxBytes: MOST_BYTES, signal })
    await upload.keep(key)
    return upload.size
  } finally {
    stop.abort()
    await filling.catch(() => undefined)
  }
}
