import type { Static, TObject, TSchema } from "typebox"

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/**
 * Who may call: anybody; anybody, but a member is known if they say who they are; an app with a token of its
 * own; a signed-in member; a member who is an admin.
 */
export type Auth = "anyone" | "optional" | "app" | "member" | "admin"

/** OAuth scopes as Mastodon's: `read` includes every `read:…`. */
export type Scope =
  | "read"
  | "write"
  | "follow"
  | "push"
  | "profile"
  | `admin:${"read" | "write"}`
  | `read:${"accounts" | "statuses" | "follows" | "favourites" | "bookmarks" | "lists" | "blocks" | "mutes"}`
  | `write:${"accounts" | "statuses" | "media" | "follows" | "favourites" | "bookmarks" | "lists" | "blocks" | "mutes"}`

/** How an answer to somebody who does not say who they are may be kept for others like them. */
export interface SharedCaching {
  /** Seconds for which it is fresh, unless it is purged before. */
  seconds: number
  /** Seconds after that for which it may be sent while another one is fetched. */
  staleSeconds: number
  /** What a change of ends it. */
  shows: "instance" | "account" | "accountPosts" | "post" | "directory"
}

export interface RouteSpec {
  method: Method
  /** With `:name` for parameters. */
  url: string
  summary: string
  tag: string
  auth: Auth
  /** Of several, any one is enough. */
  scope?: Scope | readonly Scope[]
  params?: TObject
  query?: TObject
  body?: TObject
  /** With the same `Idempotency-Key` it is done once, and again answered alike. */
  idempotencyKey?: boolean
  /** Fields of a multipart body that may be files. */
  files?: readonly string[]
  /** Success: status → body. */
  response: Record<number, TSchema>
  /** Statuses of refusals beside those that every route may give (400, 401, 403, 422, 429, 503). */
  refusals?: readonly number[]
  /** Without it nobody may keep the answer. */
  cache?: SharedCaching
  /** The answer carries a `Link` header to the pages before and after. */
  paged?: boolean
}

/** The scopes of which a token needs one; none where every token will do. */
export const scopesOf = ({ scope = [] }: RouteSpec): readonly Scope[] =>
  typeof scope === "string" ? [scope] : scope

/** One route's contract; `const` keeps its literals so that handlers and clients are typed by it. */
export const route = <const R extends RouteSpec>(spec: R): R => spec

type StaticOf<S> = S extends TSchema ? Static<S> : undefined

export type ParamsOf<R extends RouteSpec> = StaticOf<R["params"]>
export type QueryOf<R extends RouteSpec> = StaticOf<R["query"]>
export type BodyOf<R extends RouteSpec> = StaticOf<R["body"]>
/** The body of a successful answer, whichever its status. */
export type ReplyOf<R extends RouteSpec> = {
  [S in keyof R["response"]]: StaticOf<R["response"][S]>
}[keyof R["response"]]
