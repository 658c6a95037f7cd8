const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each)

/** Members' `#tags`: letters with their marks, digits and underscores, not digits alone. */
const TAG = /#(?=[\p{L}\p{M}\p{N}_]*[\p{L}_])([\p{L}\p{M}\p{N}_]{1,100})/u
/** Longer than a tag, as there are letters that become several when they are made small or composed. */
const TAG_NAME = /^[\p{L}\p{M}\p{N}_]{1,300}$/u
/** A name of this instance, with or without its own domain. */
const MENTION = /@([A-Za-z0-9_]{1,30})/
const LINK = /https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]}]/

const TOKEN = new RegExp(
  `(?<link>${LINK.source})|(?<![\\p{L}\\p{N}_/&])(?:(?<tag>${TAG.source})|(?<mention>${MENTION.source})(?![\\p{L}\\p{N}_@]))`,
  "gu",
)

/**
 * The name that a tag goes by, however it was written: lower case, composed, and in plain characters for those that
 * look the same (Unicode Standard Annex 15, NFKC), unless these would be no tag. @returns null for what is no tag
 */
export function tagName(text: string): string | null {
  const inForm = (form: "NFKC" | "NFC") => text.normalize(form).toLowerCase().normalize(form)
  return [inForm("NFKC"), inForm("NFC")].find((name) => TAG_NAME.test(name)) ?? null
}

export interface CaptionParts {
  /** As `tagName` has them, each once, at most 100. */
  tags: string[]
  /** Lower-case names, each once, at most 50. */
  mentioned: string[]
}

/** The tags and names that a text mentions. */
export function partsOfCaption(text: string): CaptionParts {
  const tags = new Set<string>()
  const mentioned = new Set<string>()
  for (const { groups } of text.matchAll(TOKEN)) {
    const tag = groups?.tag && tagName(groups.tag.slice(1))
    if (tag && tags.size < 100) tags.add(tag)
    if (groups?.mention && mentioned.size < 50) mentioned.add(groups.mention.slice(1).toLowerCase())
  }
  return { tags: [...tags], mentioned: [...mentioned] }
}

function linkHtml(url: string): string {
  const shown = url.replace(/^https?:\/\/(www\.)?/, "")
  return `<a href="${escapeHtml(url)}" target="_blank" rel="nofollow noopener noreferrer">${escapeHtml(shown)}</a>`
}

/**
 * A member's plain text as safe HTML: paragraphs, line breaks, links, tags and mentions; everything else is text.
 *
 * @param publicUrl where links to tags and profiles lead
 * @param known lower-case names that exist; others stay text
 */
export function captionHtml(text: string, publicUrl: string, known: ReadonlySet<string>): string {
  const inline = (line: string) => {
    let html = ""
    let end = 0
    for (const match of line.matchAll(TOKEN)) {
      html += escapeHtml(line.slice(end, match.index))
      end = match.index + match[0].length
      html += tokenHtml(match[0], publicUrl, known)
    }
    return html + escapeHtml(line.slice(end))
  }
  const paragraphs = text
    .replaceAll("\r\n", "\n")
    .trim()
    .split(/\n{2,}/)
  if (paragraphs.length === 1 && paragraphs[0] === "") return ""
  return paragraphs.map((each) => `<p>${each.split("\n").map(inline).join("<br>")}</p>`).join("")
}

function tokenHtml(token: string, publicUrl: string, known: ReadonlySet<string>): string {
  const name = token.slice(1)
  if (token.startsWith("#")) {
    const href = `${publicUrl}/tags/${encodeURIComponent(tagName(name) ?? name)}`
    return `<a href="${href}" class="mention hashtag" rel="tag">#<span>${escapeHtml(name)}</span></a>`
  }
  if (token.startsWith("@")) {
    if (!known.has(name.toLowerCase())) return escapeHtml(token)
    return `<span class="h-card"><a href="${publicUrl}/@${name}" class="u-url mention">@<span>${name}</span></a></span>`
  }
  return linkHtml(token)
}
