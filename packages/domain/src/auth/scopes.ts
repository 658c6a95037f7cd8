const READABLE = ["accounts", "blocks", "bookmarks", "favourites", "filters", "follows", "lists", "mutes"]
const ADMINISTERED = [
  "accounts",
  "reports",
  "domain_allows",
  "domain_blocks",
  "ip_blocks",
  "email_domain_blocks",
  "canonical_email_blocks",
]

/** Every scope that clients of the Mastodon API know of, so that they may register as they do elsewhere. */
export const SCOPES: readonly string[] = [
  "read",
  ...[...READABLE, "notifications", "search", "statuses"].map((name) => `read:${name}`),
  "write",
  ...[...READABLE, "conversations", "media", "notifications", "reports", "statuses"].map(
    (name) => `write:${name}`,
  ),
  "follow",
  "push",
  "profile",
  "admin:read",
  ...ADMINISTERED.map((name) => `admin:read:${name}`),
  "admin:write",
  ...ADMINISTERED.map((name) => `admin:write:${name}`),
]

/**
 * What the web app may do on behalf of the member who sits before it. What is for admins asks for their role besides.
 */
export const FULL_SCOPES: readonly string[] = [
  ...["read", "write", "follow", "push", "profile"],
  ...["admin:read", "admin:write"],
]

const KNOWN = new Set(SCOPES)

/** `follow` is older than the scopes with a colon and stands for these. */
const FOLLOW = new Set(["blocks", "follows", "mutes"].flatMap((name) => [`read:${name}`, `write:${name}`]))

/**
 * The scopes in a list that spaces (or pluses) divide, each once.
 *
 * @returns null when one of them is unknown; `read` alone for an empty list
 */
export function parseScopes(text: string | undefined): string[] | null {
  const scopes = [...new Set((text ?? "").split(/[\s+]+/).filter(Boolean))]
  if (scopes.length === 0) return ["read"]
  return scopes.every((scope) => KNOWN.has(scope)) ? scopes : null
}

/** Whether the granted scopes allow what needs the `wanted` one: `read` includes every `read:…`. */
export const covers = (granted: readonly string[], wanted: string): boolean =>
  granted.some(
    (scope) =>
      scope === wanted || wanted.startsWith(`${scope}:`) || (scope === "follow" && FOLLOW.has(wanted)),
  )

/** Whether every wanted scope lies within the granted ones. */
export const coversAll = (granted: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((scope) => covers(granted, scope))
