import type { BodyOf, ErrorBody, ParamsOf, QueryOf, ReplyOf, Routes } from "@tintype/contract"

/** How long an answer is waited for; uploads have their own limit. */
const PATIENCE_MS = 20_000

type Name = keyof Routes

export interface Call<N extends Name> {
  params?: ParamsOf<Routes[N]>
  query?: Partial<QueryOf<Routes[N]>>
  body?: Partial<BodyOf<Routes[N]>> | FormData
  /** A page's address from a `Link` header, called instead of the route's own. */
  href?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Answer<N extends Name> {
  status: number
  body: ReplyOf<Routes[N]>
  link: string | null
}

/** A refusal, or no answer at all (`status` 0). `message` may be shown to people. */
export class ApiError extends Error {
  override name = "ApiError"
  readonly status: number
  readonly details: ErrorBody["details"]

  constructor(status: number, message: string, details?: ErrorBody["details"]) {
    super(message)
    this.status = status
    this.details = details
  }

  /** What is wrong with one field of a form, or undefined. */
  field(name: string): string | undefined {
    return this.details?.[name]?.map((fault) => fault.description).join(". ")
  }
}

let unauthorised = () => {}

/** Has something done whenever the server says that nobody is signed in. */
export function whenUnauthorised(listener: () => void): void {
  unauthorised = listener
}

/** What to tell a person about anything that was thrown. */
export function tell(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong in this page. Please try again."
}

/** Makes the error of an answer that is not a success, from its status and body. */
export function refusal(status: number, text: string): ApiError {
  const body = parseError(text)
  if (status === 503 || status === 502 || status === 504)
    return new ApiError(status, "The server is busy or restarting. Please try again in a moment.")
  if (status === 429) return new ApiError(status, "That was a lot at once. Please wait a little.")
  return new ApiError(status, body?.error ?? `The server refused (${status}).`, body?.details)
}

export const noAnswer = () =>
  new ApiError(0, "The server cannot be reached. Check your connection and try again.")

function parseError(text: string): ErrorBody | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const known = typeof value === "object" && value !== null && "error" in value
    return known && typeof value.error === "string" ? (value as ErrorBody) : undefined
  } catch {
    return undefined
  }
}

function address(url: string, call: { params?: unknown; query?: unknown }): string {
  const path = url.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String((call.params as Record<string, unknown> | undefined)?.[name])),
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (Array.isArray(value)) for (const one of value) query.append(`${name}[]`, String(one))
    else if (value !== undefined) query.append(name, String(value))
  }
  return query.size > 0 ? `${path}?${query}` : path
}

function requestInit(method: string, call: Call<Name>): RequestInit {
  const json = call.body !== undefined && !(call.body instanceof FormData)
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(json && { "content-type": "application/json" }),
      ...call.headers,
    },
    signal: call.signal ? AbortSignal.any([call.signal, patience]) : patience,
  }
  if (call.body !== undefined)
    init.body = call.body instanceof FormData ? call.body : JSON.stringify(call.body)
  return init
}

/**
 * A function that calls one route of the contract; method and address are checked against it by the compiler.
 *
 * @throws ApiError on a refusal and when no answer comes; AbortError when the caller's signal aborts.
 */
export function endpoint<N extends Name>(method: Routes[N]["method"], url: Routes[N]["url"]) {
  return async (call: Call<N> = {}): Promise<Answer<N>> => {
    let response: Response
    let text: string
    try {
      response = await fetch(call.href ?? address(url, call), requestInit(method, call as Call<Name>))
      text = await response.text()
    } catch (error) {
      if (call.signal?.aborted) throw error
      throw noAnswer()
    }
    if (response.status === 401) unauthorised()
    if (!response.ok) throw refusal(response.status, text)
    // The server writes every answer by the contract's schema, so that it is not checked a second time here.
    const body = parseBody(text) as ReplyOf<Routes[N]>
    return { status: response.status, body, link: response.headers.get("link") }
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(0, "The server's answer could not be read. Please try again.")
  }
}

export const api = {
  signUp: endpoint<"signUp">("POST", "/api/tintype/v1/sign_up"),
  signIn: endpoint<"signIn">("POST", "/api/tintype/v1/session"),
  signOut: endpoint<"signOut">("DELETE", "/api/tintype/v1/session"),
  deleteAccount: endpoint<"deleteAccount">("DELETE", "/api/tintype/v1/account"),
  verifyCredentials: endpoint<"verifyCredentials">("GET", "/api/v1/accounts/verify_credentials"),
  updateCredentials: endpoint<"updateCredentials">("PATCH", "/api/v1/accounts/update_credentials"),
  lookupAccount: endpoint<"lookupAccount">("GET", "/api/v1/accounts/lookup"),
  accountStatuses: endpoint<"accountStatuses">("GET", "/api/v1/accounts/:id/statuses"),
  directory: endpoint<"directory">("GET", "/api/v1/directory"),
  relationships: endpoint<"relationships">("GET", "/api/v1/accounts/relationships"),
  follow: endpoint<"follow">("POST", "/api/v1/accounts/:id/follow"),
  unfollow: endpoint<"unfollow">("POST", "/api/v1/accounts/:id/unfollow"),
  getMedia: endpoint<"getMedia">("GET", "/api/v1/media/:id"),
  updateMedia: endpoint<"updateMedia">("PUT", "/api/v1/media/:id"),
  createStatus: endpoint<"createStatus">("POST", "/api/v1/statuses"),
  getStatus: endpoint<"getStatus">("GET", "/api/v1/statuses/:id"),
  deleteStatus: endpoint<"deleteStatus">("DELETE", "/api/v1/statuses/:id"),
  editStatus: endpoint<"editStatus">("PUT", "/api/v1/statuses/:id"),
  statusSource: endpoint<"statusSource">("GET", "/api/v1/statuses/:id/source"),
  changeVisibility: endpoint<"changeVisibility">("PUT", "/api/tintype/v1/statuses/:id/visibility"),
  favouriteStatus: endpoint<"favouriteStatus">("POST", "/api/v1/statuses/:id/favourite"),
  unfavouriteStatus: endpoint<"unfavouriteStatus">("POST", "/api/v1/statuses/:id/unfavourite"),
  bookmarkStatus: endpoint<"bookmarkStatus">("POST", "/api/v1/statuses/:id/bookmark"),
  unbookmarkStatus: endpoint<"unbookmarkStatus">("POST", "/api/v1/statuses/:id/unbookmark"),
  statusContext: endpoint<"statusContext">("GET", "/api/v1/statuses/:id/context"),
  favourites: endpoint<"favourites">("GET", "/api/v1/favourites"),
  bookmarks: endpoint<"bookmarks">("GET", "/api/v1/bookmarks"),
  startExport: endpoint<"startExport">("POST", "/api/tintype/v1/exports"),
  listExports: endpoint<"listExports">("GET", "/api/tintype/v1/exports"),
  publicTimeline: endpoint<"publicTimeline">("GET", "/api/v1/timelines/public"),
  tagTimeline: endpoint<"tagTimeline">("GET", "/api/v1/timelines/tag/:hashtag"),
  homeTimeline: endpoint<"homeTimeline">("GET", "/api/v1/timelines/home"),
}
