/** What a connection through the proxy goes through, in either direction. */
export interface Conditions {
  /** Every piece arrives so much later. */
  latencyMs?: number
  bytesPerSecond?: number
  /** Data comes in pieces of so many bytes. */
  sliceBytes?: number
  /** Nothing gets through, and nobody is told; what was sent arrives when this is over. */
  held?: boolean
  /** Nothing listens: who connects is refused. */
  down?: boolean
}

/** What becomes of one chunk: pieces, and the wait before each. */
export function schedule(
  length: number,
  { latencyMs = 0, bytesPerSecond, sliceBytes = length }: Conditions,
): { bytes: number; waitMs: number }[] {
  const pieces: { bytes: number; waitMs: number }[] = []
  for (let left = length; left > 0; left -= sliceBytes) {
    const bytes = Math.min(left, sliceBytes)
    const sendingMs = bytesPerSecond ? (bytes / bytesPerSecond) * 1000 : 0
    pieces.push({ bytes, waitMs: (pieces.length === 0 ? latencyMs : 0) + sendingMs })
  }
  return pieces
}
