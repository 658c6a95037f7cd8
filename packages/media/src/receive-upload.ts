import { createHash, type Hash } from "node:crypto"
import { type FileHandle, mkdir, open, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { BlobTooLarge, errorCode, namedStorageError } from "./blob-errors.ts"
import { HEAD_BYTES } from "./sniff.ts"

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
  /** Ends the wait for a stream that stands still, too. */
  signal?: AbortSignal
}

interface Received {
  size: number
  hash: Hash
  head: Buffer
}

/** The next chunk, or the signal's reason: also in the middle of a wait that would not end. */
async function nextChunk<T>(chunks: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  signal.throwIfAborted()
  // A promise of its own for each chunk: one for all, raced against, would keep every chunk in memory.
  const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>()
  const stop = () => reject(signal.reason)
  signal.addEventListener("abort", stop)
  chunks.next().then(resolve, reject)
  try {
    return await promise
  } finally {
    signal.removeEventListener("abort", stop)
  }
}

/** The stream's chunks, until it ends or the signal says stop. */
async function* until<T>(stream: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  if (!signal) return yield* stream
  const chunks = stream[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await nextChunk(chunks, signal)
      ended = next.done === true
      if (next.done) return
      yield next.value
    }
  } finally {
    // Not awaited: a generator that waits for its own source would keep us here.
    if (!ended) chunks.return?.().catch(() => {})
  }
}

/** All of it: one call of write may take less, on a disk that is nearly full above all. */
async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, offset)
    offset += bytesWritten
  }
}

/** Most photos of apps are written at once: each time takes a hundred microseconds, however little there is to write. */
const GATHERED_BYTES = 256 * 1024
/** Chunks may be small, and each takes memory beside its bytes. */
const GATHERED_CHUNKS = 64

/** A slow disk slows the sender down: nothing more is asked for while what has gathered is written. */
async function write(
  file: FileHandle,
  stream: AsyncIterable<Uint8Array>,
  { maxBytes, signal }: ReceiveOptions,
): Promise<Received> {
  const hash = createHash("sha256")
  let head = Buffer.alloc(0)
  let size = 0
  let [gathered, gatheredBytes]: [Uint8Array[], number] = [[], 0]
  const writeGathered = async () => {
    const bytes = Buffer.concat(gathered, gatheredBytes)
    ;[gathered, gatheredBytes] = [[], 0]
    await writeAll(file, bytes)
  }
  for await (const chunk of until(stream, signal)) {
    size += chunk.length
    if (size > maxBytes) throw new BlobTooLarge(`more than ${maxBytes} bytes`)
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES)
    hash.update(chunk)
    gathered.push(chunk)
    gatheredBytes += chunk.length
    if (gatheredBytes >= GATHERED_BYTES || gathered.length === GATHERED_CHUNKS) await writeGathered()
  }
  await writeGathered()
  return { size, hash, head: Buffer.from(head) }
}

/** A new file. Its folder is there but for the first time. */
async function openNew(path: string): Promise<FileHandle> {
  const openIt = () => open(path, "wx", 0o600)
  try {
    return await openIt()
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return openIt()
  }
}

/**
 * Streams an upload into a temporary file. Whatever goes wrong, a stream that breaks off included, the file is gone.
 *
 * @param path of the temporary file
 * @param keep moves the file to its key
 * @throws BlobTooLarge, StorageFull, and what the stream throws
 */
export async function receiveUpload(
  path: string,
  keep: (key: string) => Promise<void>,
  stream: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<Upload> {
  try {
    const file = await openNew(path)
    let received: Received
    try {
      received = await write(file, stream, options)
    } finally {
      await file.close()
    }
    const { size, hash, head } = received
    let kept = false
    return {
      size,
      sha256: hash.digest("hex"),
      head,
      async keep(key) {
        await keep(key)
        kept = true
      },
      discard: async () => (kept ? undefined : rm(path, { force: true })),
    }
  } catch (error) {
    await rm(path, { force: true })
    throw namedStorageError(error)
  }
}
