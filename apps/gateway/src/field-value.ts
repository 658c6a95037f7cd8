const BLANK = 0x20

/**
 * The value between a header's colon and its line's end, without the blanks around it: nearly always there is one before
 * it and none behind, and nothing has to be looked for.
 */
export function fieldValue(text: string, from: number, to: number): string {
  const isUsual =
    text.charCodeAt(from) === BLANK && text.charCodeAt(from + 1) > BLANK && text.charCodeAt(to - 1) > BLANK
  return isUsual ? text.slice(from + 1, to) : text.slice(from, to).trim()
}
