import { Type } from "typebox"
import { Account, Visibility } from "../entities/account.ts"
import { Status, StatusContext } from "../entities/status.ts"
import { LIMITS } from "../limits.ts"
import { route } from "../route.ts"
import { IdText } from "../schema-parts.ts"
import { ById, paging } from "./paging.ts"

const onStatus = { method: "POST", auth: "member", params: ById, refusals: [404] } as const

export const postRoutes = {
  createStatus: route({
    method: "POST",
    url: "/api/v1/statuses",
    summary:
      "Post photos, or comment on a post; with an Idempotency-Key a repeated call gives the first post",
    tag: "statuses",
    auth: "member",
    scope: "write:statuses",
    idempotencyKey: true,
    body: Type.Object({
      status: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"] })),
      media_ids: Type.Array(IdText, { maxItems: 100, default: [] }),
      in_reply_to_id: Type.Optional(IdText),
      visibility: Type.Optional(Visibility),
      sensitive: Type.Boolean({ default: false }),
      spoiler_text: Type.Optional(
        Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: LIMITS.captionCharacters }),
      ),
      language: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: 35 })),
    }),
    response: { 200: Status },
    refusals: [404, 409],
  }),
  getStatus: route({
    method: "GET",
    url: "/api/v1/statuses/:id",
    summary: "One post",
    tag: "statuses",
    auth: "optional",
    cache: { seconds: 30, staleSeconds: 60, shows: "post" },
    scope: "read:statuses",
    params: ById,
    response: { 200: Status },
    refusals: [404],
  }),
  deleteStatus: route({
    method: "DELETE",
    url: "/api/v1/statuses/:id",
    summary: "Delete an own post; the answer still holds its text",
    tag: "statuses",
    auth: "member",
    scope: "write:statuses",
    params: ById,
    response: { 200: Status },
    refusals: [404],
  }),
  favouriteStatus: route({
    ...onStatus,
    url: "/api/v1/statuses/:id/favourite",
    summary: "Like a post",
    tag: "statuses",
    scope: "write:favourites",
    response: { 200: Status },
  }),
  unfavouriteStatus: route({
    ...onStatus,
    url: "/api/v1/statuses/:id/unfavourite",
    summary: "Take a like back",
    tag: "statuses",
    scope: "write:favourites",
    response: { 200: Status },
  }),
  bookmarkStatus: route({
    ...onStatus,
    url: "/api/v1/statuses/:id/bookmark",
    summary: "Keep a post for later, known to the member alone",
    tag: "statuses",
    scope: "write:bookmarks",
    response: { 200: Status },
  }),
  unbookmarkStatus: route({
    ...onStatus,
    url: "/api/v1/statuses/:id/unbookmark",
    summary: "No longer keep a post",
    tag: "statuses",
    scope: "write:bookmarks",
    response: { 200: Status },
  }),
  statusContext: route({
    method: "GET",
    url: "/api/v1/statuses/:id/context",
    summary: "What a post answers, and what answers it",
    tag: "statuses",
    auth: "optional",
    scope: "read:statuses",
    params: ById,
    response: { 200: StatusContext },
    refusals: [404],
  }),
  favouritedBy: route({
    method: "GET",
    url: "/api/v1/statuses/:id/favourited_by",
    summary: "Who likes a post",
    tag: "statuses",
    auth: "optional",
    scope: "read:statuses",
    params: ById,
    query: Type.Object(paging(80, 40)),
    response: { 200: Type.Array(Account) },
    refusals: [404],
    paged: true,
  }),
} as const
