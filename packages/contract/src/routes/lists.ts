import { Type } from "typebox"
import { Account } from "../entities/account.ts"
import { List, RepliesPolicy } from "../entities/list.ts"
import { Status } from "../entities/status.ts"
import { LIMITS } from "../limits.ts"
import { route } from "../route.ts"
import { IdText } from "../schema-parts.ts"
import { ById, paging } from "./paging.ts"

const look = { method: "GET", tag: "lists", auth: "member", scope: "read:lists" } as const
const change = { tag: "lists", auth: "member", scope: "write:lists" } as const

/** Blank titles, and longer ones than a list may have, are refused by the domain, in words of its own. */
const title = Type.String({ maxLength: 10_000 })
const settings = {
  replies_policy: Type.Optional(RepliesPolicy),
  exclusive: Type.Optional(Type.Boolean()),
}
const Accounts = Type.Object({
  account_ids: Type.Array(IdText, { maxItems: LIMITS.listMembers, default: [] }),
})
const Nothing = Type.Object({})

export const listRoutes = {
  listLists: route({
    ...look,
    url: "/api/v1/lists",
    summary: "The member's lists",
    response: { 200: Type.Array(List) },
  }),
  createList: route({
    ...change,
    method: "POST",
    url: "/api/v1/lists",
    summary: "Make a list",
    body: Type.Object({ title: Type.String({ maxLength: 10_000, default: "" }), ...settings }),
    response: { 200: List },
  }),
  getList: route({
    ...look,
    url: "/api/v1/lists/:id",
    summary: "One of the member's lists",
    params: ById,
    response: { 200: List },
    refusals: [404],
  }),
  updateList: route({
    ...change,
    method: "PUT",
    url: "/api/v1/lists/:id",
    summary: "Change what is given of a list",
    params: ById,
    body: Type.Object({ title: Type.Optional(title), ...settings }),
    response: { 200: List },
    refusals: [404],
  }),
  deleteList: route({
    ...change,
    method: "DELETE",
    url: "/api/v1/lists/:id",
    summary: "Delete a list; its members are followed as before",
    params: ById,
    response: { 200: Nothing },
    refusals: [404],
  }),
  listMembers: route({
    ...look,
    url: "/api/v1/lists/:id/accounts",
    summary: "Who is on a list; all of them with a `limit` of 0",
    params: ById,
    query: Type.Object({
      ...paging(80, 40),
      limit: Type.Integer({ minimum: 0, maximum: 80, default: 40 }),
    }),
    response: { 200: Type.Array(Account) },
    refusals: [404],
    paged: true,
  }),
  addToList: route({
    ...change,
    method: "POST",
    url: "/api/v1/lists/:id/accounts",
    summary: "Put accounts that the member follows on a list: all of them, or none",
    params: ById,
    body: Accounts,
    response: { 200: Nothing },
    refusals: [404],
  }),
  removeFromList: route({
    ...change,
    method: "DELETE",
    url: "/api/v1/lists/:id/accounts",
    summary: "Take accounts off a list; they may stand in the query as well",
    params: ById,
    query: Accounts,
    body: Accounts,
    response: { 200: Nothing },
    refusals: [404],
  }),
  listsWithAccount: route({
    ...look,
    url: "/api/v1/accounts/:id/lists",
    summary: "Those of the member's lists that an account is on",
    params: ById,
    response: { 200: Type.Array(List) },
    refusals: [404],
  }),
  listTimeline: route({
    ...look,
    tag: "timelines",
    url: "/api/v1/timelines/list/:id",
    summary: "Posts of the accounts on a list, newest first",
    params: ById,
    query: Type.Object(paging(40, 20)),
    response: { 200: Type.Array(Status) },
    refusals: [404],
    paged: true,
  }),
} as const
