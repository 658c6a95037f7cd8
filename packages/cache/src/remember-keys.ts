/** Some 3 MB of keys, as long as ids usually are. */
const MOST = 10_000
/** Nobody makes the process keep long texts by asking for them. */
const LONGEST = 100

/**
 * Gives the same object for the same id: a text that is put together anew each time has to be copied, hashed and
 * compared before it is found in a map, which costs more than all else that the first level does for a hit.
 *
 * @param most keys that are remembered; beyond that all are made anew
 */
export function rememberKeys<Key>(make: (id: string) => Key, most = MOST): (id: string) => Key {
  const made = new Map<string, Key>()
  return (id) => {
    const known = made.get(id)
    if (known) return known
    const key = make(id)
    if (id.length > LONGEST) return key
    if (made.size >= most) made.clear()
    made.set(id, key)
    return key
  }
}
