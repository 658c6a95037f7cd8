import { createHash, type Hash } from "node:crypto"
import { type FileHandle, open, rm } from "node:fs/promises"
import { BlobTooLarge, namedStorageError } from "./blob-errors.ts"
import { moveFileDurably } from "./durable-files.ts"

const HEAD_BYTES = 4096

/** Bytes that came in and wait, in a temporary file, to be kept or discarded. */
export interface Upload {
  size: number
  /** Hexadecimal. */
  sha256: string
  /** The first bytes, for telling what it is. */
  head: Uint8Array
  /** Moves it to its key; when this returns it survives a power cut. @throws StorageFull */
  keep(key: string): Promise<void>
  /** Removes it, unless it was kept. May be called again. */
  discard(): Promise<void>
}

export interface ReceiveOptions {
  maxBytes: number
  signal?: AbortSignal
}

interface Received {
  size: number
  hash: Hash
  head: Buffer
}

/** A slow disk slows the sender down: the next chunk is asked for when this one is written. */
async function write(
  file: FileHandle,
  stream: AsyncIterable<Uint8Array>,
  { maxBytes, signal }: ReceiveOptions,
): Promise<Received> {
  const hash = createHash("sha256")
  let head = Buffer.alloc(0)
  let size = 0
  for await (const chunk of stream) {
    signal?.throwIfAborted()
    size += chunk.length
    if (size > maxBytes) throw new BlobTooLarge(`more than ${maxBytes} bytes`)
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES)
    hash.update(chunk)
    await file.write(chunk)
  }
  return { size, hash, head: Buffer.from(head) }
}

/**
 * Streams an upload into a temporary file. Whatever goes wrong, a stream that breaks off included, the file is gone.
 *
 * @throws BlobTooLarge, StorageFull, and what the stream throws
 */
export async function receiveUpload(
  path: string,
  pathOf: (key: string) => string,
  stream: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<Upload> {
  try {
    const file = await open(path, "wx", 0o600)
    let received: Received
    try {
      received = await write(file, stream, options)
    } finally {
      await file.close()
    }
    return {
      size: received.size,
      sha256: received.hash.digest("hex"),
      head: received.head,
      keep: (key) =>
        moveFileDurably(path, pathOf(key)).catch((error: unknown) => {
          throw namedStorageError(error)
        }),
      discard: () => rm(path, { force: true }),
    }
  } catch (error) {
    await rm(path, { force: true })
    throw namedStorageError(error)
  }
}
