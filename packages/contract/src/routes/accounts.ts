import { Type } from "typebox"
import { Account, CredentialAccount, Visibility } from "../entities/account.ts"
import { Token } from "../entities/oauth.ts"
import { Status } from "../entities/status.ts"
import { route } from "../route.ts"
import { ById, paging } from "./paging.ts"

/** What is missing counts as blank, so that one answer names every field at fault. */
const SignUp = Type.Object({
  username: Type.String({ maxLength: 200, default: "" }),
  email: Type.String({ maxLength: 320, default: "" }),
  password: Type.String({ maxLength: 1024, default: "" }),
  agreement: Type.Boolean({ default: false }),
  locale: Type.Optional(Type.String({ maxLength: 35 })),
  reason: Type.Optional(Type.String({ maxLength: 1000 })),
})

export const accountRoutes = {
  createAccount: route({
    method: "POST",
    url: "/api/v1/accounts",
    summary: "Sign up; the answer is the new member's token",
    tag: "accounts",
    auth: "app",
    scope: "write:accounts",
    body: SignUp,
    response: { 200: Token },
  }),
  verifyCredentials: route({
    method: "GET",
    url: "/api/v1/accounts/verify_credentials",
    summary: "The signed-in member",
    tag: "accounts",
    auth: "member",
    scope: ["read:accounts", "profile"],
    response: { 200: CredentialAccount },
  }),
  updateCredentials: route({
    method: "PATCH",
    url: "/api/v1/accounts/update_credentials",
    summary: "Change the own profile",
    tag: "accounts",
    auth: "member",
    scope: "write:accounts",
    files: ["avatar", "header"],
    body: Type.Object({
      display_name: Type.Optional(Type.String({ maxLength: 2000 })),
      note: Type.Optional(Type.String({ maxLength: 20_000 })),
      discoverable: Type.Optional(Type.Boolean()),
      source: Type.Optional(Type.Object({ privacy: Type.Optional(Visibility) })),
    }),
    response: { 200: CredentialAccount },
    refusals: [413, 415],
  }),
  getAccount: route({
    method: "GET",
    url: "/api/v1/accounts/:id",
    summary: "One account",
    tag: "accounts",
    auth: "optional",
    cache: { seconds: 30, staleSeconds: 60, shows: "account" },
    scope: "read:accounts",
    params: ById,
    response: { 200: Account },
    refusals: [404],
  }),
  lookupAccount: route({
    method: "GET",
    url: "/api/v1/accounts/lookup",
    summary: "The account of a name",
    tag: "accounts",
    auth: "optional",
    cache: { seconds: 30, staleSeconds: 60, shows: "account" },
    scope: "read:accounts",
    query: Type.Object({ acct: Type.String({ minLength: 1, maxLength: 400 }) }),
    response: { 200: Account },
    refusals: [404],
  }),
  accountStatuses: route({
    method: "GET",
    url: "/api/v1/accounts/:id/statuses",
    summary: "What an account posted, as far as the caller may see it",
    tag: "accounts",
    auth: "optional",
    cache: { seconds: 30, staleSeconds: 60, shows: "accountPosts" },
    scope: "read:statuses",
    params: ById,
    query: Type.Object({
      ...paging(40, 20),
      only_media: Type.Optional(Type.Boolean()),
      pinned: Type.Optional(Type.Boolean()),
      exclude_replies: Type.Optional(Type.Boolean()),
      exclude_reblogs: Type.Optional(Type.Boolean()),
      tagged: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    response: { 200: Type.Array(Status) },
    refusals: [404],
    paged: true,
  }),
  directory: route({
    method: "GET",
    url: "/api/v1/directory",
    summary: "Members who wish to be found",
    tag: "accounts",
    auth: "optional",
    cache: { seconds: 30, staleSeconds: 60, shows: "directory" },
    query: Type.Object({
      limit: Type.Integer({ minimum: 1, maximum: 80, default: 40 }),
      offset: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
      order: Type.Optional(Type.String({ maxLength: 20 })),
      local: Type.Optional(Type.Boolean()),
    }),
    response: { 200: Type.Array(Account) },
  }),
} as const
