const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

/** Markup that needs no further escaping. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

type Piece = string | Html | readonly Html[] | undefined

function markupOf(piece: Piece): string {
  if (piece === undefined) return ""
  if (piece instanceof Html) return piece.markup
  if (typeof piece === "string") return piece.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each)
  return piece.map((each) => each.markup).join("")
}

/** A template whose values are escaped, for text and for attributes in quotes. */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(String.raw({ raw: strings }, ...pieces.map(markupOf)))
