/** Keys of one script: some tenths of a millisecond, for which Redis does nothing else. */
const MOST_KEYS = 50
/** Characters of one script: what comes on top of that goes with the next one. */
const MOST_CHARACTERS = 256 * 1024

/** Splits what one script shall not do at once. @param size characters of each; a larger one goes alone */
export function inBatches<T>(all: readonly T[], size: (each: T) => number = () => 0): T[][] {
  const batches: T[][] = []
  let batch: T[] = []
  let characters = 0
  for (const each of all) {
    const more = size(each)
    if (batch.length === 0 || batch.length === MOST_KEYS || characters + more > MOST_CHARACTERS) {
      batch = []
      batches.push(batch)
      characters = 0
    }
    batch.push(each)
    characters += more
  }
  return batches
}
