/** A success whose status is not 200, or that carries headers of its own. */
export class Answer<Status extends number, Body> {
  readonly status: Status
  readonly body: Body
  readonly headers: Readonly<Record<string, string>>

  constructor(status: Status, body: Body, headers: Readonly<Record<string, string>>) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}

export const answer = <const Status extends number, Body>(
  status: Status,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
) => new Answer(status, body, headers)

/** The cursors at the ends of a page; absent on an empty one. */
export interface Ends {
  newest?: string | undefined
  oldest?: string | undefined
}

/** A page of a list, for routes that are `paged`. */
export class Page<Items> {
  readonly items: Items
  readonly ends: Ends

  constructor(items: Items, ends: Ends) {
    this.items = items
    this.ends = ends
  }
}

/** The page's items, and a `Link` header to the pages older than `oldest` and newer than `newest`. */
export const page = <Items>(items: Items, { newest, oldest }: Ends) => new Page(items, { newest, oldest })
