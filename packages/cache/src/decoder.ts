import { freeze } from "./shelf.ts"
import { decode, type Stored } from "./stored.ts"

/** What a stored text says; undefined for what is no value. */
export type Decoder = (key: string, text: unknown) => Stored | undefined

interface Entry {
  text: string
  stored: Stored
}

/** There are many shorter texts, and few values in them: follows and likes. */
const WORTH_REMEMBERING = 100
const LAST_VALUES = 8

/** Parses short texts, and gives the same, frozen, object for one of the last ones. */
function createParser(): (json: string) => unknown {
  const last: { json: string; value: unknown }[] = []
  let next = 0
  return (json) => {
    for (const each of last) if (each.json === json) return each.value
    const value: unknown = JSON.parse(json)
    freeze(value)
    last[next] = { json, value }
    next = (next + 1) % LAST_VALUES
    return value
  }
}

/**
 * Decodes stored values and remembers the results, by key. What is remembered is used only for the very text that
 * it was made of: Redis still decides what a value is, and equal texts give the same, frozen, object, so that what
 * is made of it can be kept with it.
 *
 * @param most characters of stored text that are remembered, in two generations: when the younger one is full it
 *   becomes the older one, and what was not asked for meanwhile is forgotten
 */
export function createDecoder(most: number): Decoder {
  let young = new Map<string, Entry>()
  let old = new Map<string, Entry>()
  let characters = 0
  const parseShort = createParser()

  const remember = (key: string, entry: Entry) => {
    if (characters + entry.text.length > most / 2) {
      old = young
      young = new Map()
      characters = 0
    }
    characters += entry.text.length - (young.get(key)?.text.length ?? 0)
    young.set(key, entry)
  }

  return (key, text) => {
    if (typeof text !== "string") return undefined
    if (text.length < WORTH_REMEMBERING) return decode(text, parseShort)
    if (text.length > most / 2) return decode(text)
    const younger = young.get(key)
    if (younger?.text === text) return younger.stored
    const older = old.get(key)
    const stored = older?.text === text ? older.stored : decode(text)
    if (!stored) return undefined
    if (stored !== older?.stored) freeze(stored)
    remember(key, { text, stored })
    return stored
  }
}
