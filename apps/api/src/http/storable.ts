/** A text without what Postgres takes in none: NUL, and halves of surrogate pairs, which JSON can spell. */
export const storable = (text: string): string => text.replaceAll("\0", "").toWellFormed()
