/**
 * Does bounded batches of a sweep until one finds nothing, or the run has to end: what is left, the next one finds.
 *
 * @param batch does one batch and says how much it found
 * @returns how much was found in all
 */
export async function inBatches(signal: AbortSignal, batch: () => Promise<number>): Promise<number> {
  let found = 0
  for (;;) {
    signal.throwIfAborted()
    const more = await batch()
    if (more === 0) return found
    found += more
  }
}
