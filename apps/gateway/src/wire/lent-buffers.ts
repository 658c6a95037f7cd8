/** What one read of a large body takes in at most. */
const LENT_BYTES = 128 * 1024

/** Smaller pieces are copied: they would keep so much more memory from being used. */
export const LEAST_LENT_BYTES = 32 * 1024

/** 16 MiB. */
const MOST_SPARE = 128

/**
 * To be called when the bytes of a piece are needed no longer: they are overwritten then. It can be what a write calls
 * when it is done; after one that failed they are never used again, as the system may still hold them.
 */
export type GiveBack = (error?: Error | null) => void

/** A piece of a body in memory that is used again. */
export interface Lent {
  chunk: Buffer
  giveBack: GiveBack
}

/** The one used last is used next: it is likely to lie in the processor's cache. */
const spare: Buffer[] = []

/**
 * Memory to read into, used again and again. With fresh memory for each piece of a photo the garbage collector takes a
 * third of what passing it on costs: whenever some tens of MiB have come together it looks at all that is alive.
 */
export const takeBuffer = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(LENT_BYTES)

/** Keeps memory for the next who needs some: nobody else may hold any of it. */
export function keepBuffer(buffer: Buffer): void {
  if (spare.length < MOST_SPARE) spare.push(buffer)
}

/** Lends a piece of what `takeBuffer` gave, of which nothing else is used. One that never comes back is forgotten. */
export function lend(buffer: Buffer, from: number, to: number): Lent {
  let isLent = true
  const giveBack: GiveBack = (error) => {
    if (error || !isLent) return
    isLent = false
    keepBuffer(buffer)
  }
  return { chunk: buffer.subarray(from, to), giveBack }
}
