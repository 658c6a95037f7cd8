import type { AuthorizationQuery } from "@tintype/domain/auth"

const NAMES = [
  "response_type",
  "client_id",
  "redirect_uri",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
  "force_login",
  "prompt",
] as const

type Name = (typeof NAMES)[number]

/** What an app may say when it sends a member here. Of a parameter that comes twice, none counts. */
export type PageQuery = AuthorizationQuery & Partial<Record<Name, string>>

export function readPageQuery(query: unknown): PageQuery {
  const given: Partial<Record<string, unknown>> = typeof query === "object" && query !== null ? query : {}
  const read: Partial<Record<Name, string>> = {}
  for (const name of NAMES) {
    const value = given[name]
    if (typeof value === "string" && value !== "" && value.length <= 4000) read[name] = value
  }
  return read
}

/** The member shall prove again who they are. */
export const asksForSignIn = ({ force_login, prompt }: PageQuery): boolean =>
  ["true", "1"].includes(force_login ?? "") || ["login", "select_account"].includes(prompt ?? "")

/** The member has just done so: the same request without that wish. */
export function afterSignIn({ force_login, prompt, ...rest }: PageQuery): PageQuery {
  return rest
}

/** A path with the request in its query. */
export const pageUrl = (path: string, query: PageQuery): string =>
  `${path}?${new URLSearchParams(Object.entries(query))}`
