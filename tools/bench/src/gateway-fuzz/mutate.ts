import { FIELDS, LETTERS, REQUESTS, TOKENS } from "./corpus.ts"
import type { Random } from "./random.ts"

const MOST_MUTATIONS = 4

type Mutation = (text: string, random: Random) => string

const splice = (text: string, at: number, removed: number, added: string) =>
  text.slice(0, at) + added + text.slice(at + removed)

const MUTATIONS: readonly Mutation[] = [
  (text, random) => splice(text, random.integer(text.length), 1, String.fromCharCode(random.integer(256))),
  ...Array.from({ length: 6 }, () => changeLetter),
  ...Array.from({ length: 3 }, () => addField),
  (text, random) => splice(text, random.integer(text.length), 1 + random.integer(8), ""),
  (text, random) => splice(text, random.integer(text.length), 0, random.pick(TOKENS)),
  (text, random) => splice(text, random.integer(text.length), random.integer(24), random.pick(TOKENS)),
  insertLine,
  repeatPart,
  (text, random) => text.slice(0, random.integer(text.length)),
  (text, random) => text.slice(0, random.integer(text.length)) + random.pick(REQUESTS),
  flipCase,
]

/** One of the corpus's requests with one to four things wrong. One character a byte. */
export function mutatedRequest(random: Random): string {
  let text = random.pick(REQUESTS)
  // Few more often than many: what has several faults is refused for the first of them.
  for (
    let left = 1 + random.integer(1 + random.integer(MOST_MUTATIONS));
    left > 0 && text.length > 0;
    left--
  ) {
    text = random.pick(MUTATIONS)(text, random)
  }
  return text
}

/** Most of these are right as well, only different. */
function changeLetter(text: string, random: Random): string {
  const at = random.integer(text.length)
  return /[\w.*=]/.test(text[at] ?? "") ? splice(text, at, 1, random.pick(LETTERS)) : text
}

function addField(text: string, random: Random): string {
  const end = text.indexOf("\r\n\r\n")
  return end === -1 ? text : splice(text, end + 2, 0, `${random.pick(FIELDS)}\r\n`)
}

/** Where most of what is dangerous stands: a line of its own among the headers. */
function insertLine(text: string, random: Random): string {
  const starts = [...text.matchAll(/\r\n/g)].map(({ index }) => index + 2)
  return starts.length === 0 ? text : splice(text, random.pick(starts), 0, random.pick(TOKENS))
}

function repeatPart(text: string, random: Random): string {
  const at = random.integer(text.length)
  return splice(text, at, 0, text.slice(at, at + random.integer(64)))
}

function flipCase(text: string, random: Random): string {
  const at = random.integer(text.length)
  const part = text.slice(at, at + 12)
  return splice(text, at, 12, part === part.toUpperCase() ? part.toLowerCase() : part.toUpperCase())
}
