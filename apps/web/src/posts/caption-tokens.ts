/** What a caption is made of once it is read: text, and the few elements that are shown. */
export type CaptionNode =
  | { kind: "text"; text: string }
  | { kind: "break" }
  | { kind: "paragraph" | "span"; children: CaptionNode[] }
  | { kind: "link"; href: string; children: CaptionNode[] }

type Parent = Extract<CaptionNode, { children: CaptionNode[] }>

const PIECE = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|[^<]+|</gi
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" }
/** Elements whose content is no text of the caption's. */
const DISCARDED = /<(script|style|template|iframe|svg|math)\b[\s\S]*?(?:<\/\1\s*>|$)/gi
const MOST_DEPTH = 20

/**
 * Reads a caption's HTML into the elements that may be shown: paragraphs, breaks, spans, and links over http(s).
 * Everything else is dropped and its text kept. What is read is never given to the browser as HTML.
 */
export function readCaption(html: string): CaptionNode[] {
  const roots: CaptionNode[] = []
  const open: { tag: string; node: Parent | undefined; into: CaptionNode[] }[] = []
  const here = () => open.at(-1)?.into ?? roots
  for (const [piece, slash, name, attributes] of html.replace(DISCARDED, "").matchAll(PIECE)) {
    if (piece.startsWith("<!--")) continue
    if (name === undefined) {
      here().push({ kind: "text", text: decode(piece) })
      continue
    }
    const tag = name.toLowerCase()
    if (tag === "br") here().push({ kind: "break" })
    else if (slash) close(open, tag)
    else if (open.length < MOST_DEPTH && !attributes?.endsWith("/")) {
      const node = parentOf(tag, attributes ?? "")
      if (node) here().push(node)
      open.push({ tag, node, into: node?.children ?? here() })
    }
  }
  return roots
}

function close(open: { tag: string }[], tag: string): void {
  const at = open.findLastIndex((one) => one.tag === tag)
  if (at >= 0) open.length = at
}

function parentOf(tag: string, attributes: string): Parent | undefined {
  if (tag === "p") return { kind: "paragraph", children: [] }
  if (tag === "span") return { kind: "span", children: [] }
  if (tag !== "a") return undefined
  const href = safeAddress(attributes)
  return href ? { kind: "link", href, children: [] } : { kind: "span", children: [] }
}

function safeAddress(attributes: string): string | undefined {
  const [, double, single] = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? []
  const address = URL.parse(decode(double ?? single ?? ""))
  return address && (address.protocol === "http:" || address.protocol === "https:") ? address.href : undefined
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return NAMED[name.toLowerCase()] ?? whole
    const hex = name[1]?.toLowerCase() === "x"
    const code = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
