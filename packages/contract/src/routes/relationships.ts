import { Type } from "typebox"
import { Account, MutedAccount, Relationship } from "../entities/account.ts"
import { route } from "../route.ts"
import { IdText } from "../schema-parts.ts"
import { ById, paging } from "./paging.ts"

/** Whoever wants one for longer wants it for ever. */
const LONGEST_MUTE_SECONDS = 100 * 365 * 24 * 3600

/** What a member does about another account. */
const ofOther = {
  method: "POST",
  tag: "relationships",
  auth: "member",
  params: ById,
  response: { 200: Relationship },
  refusals: [404],
} as const

const ownList = {
  method: "GET",
  tag: "relationships",
  auth: "member",
  query: Type.Object(paging(80, 40)),
  paged: true,
} as const

const followBody = Type.Object({
  reblogs: Type.Optional(Type.Boolean()),
  notify: Type.Optional(Type.Boolean()),
  languages: Type.Optional(Type.Array(Type.String({ maxLength: 35 }), { maxItems: 50 })),
})

export const relationshipRoutes = {
  follow: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/follow",
    summary: "Follow an account",
    scope: "write:follows",
    body: followBody,
  }),
  unfollow: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/unfollow",
    summary: "No longer follow an account",
    scope: "write:follows",
  }),
  removeFromFollowers: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/remove_from_followers",
    summary: "Let an account follow the member no longer",
    scope: "write:follows",
  }),
  block: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/block",
    summary: "Block an account: neither sees the other's posts, neither follows the other",
    scope: "write:blocks",
  }),
  unblock: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/unblock",
    summary: "No longer block an account",
    scope: "write:blocks",
  }),
  mute: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/mute",
    summary: "Keep an account's posts off the member's timelines, for a time or for ever",
    scope: "write:mutes",
    body: Type.Object({
      notifications: Type.Boolean({ default: true }),
      duration: Type.Integer({
        minimum: 0,
        maximum: LONGEST_MUTE_SECONDS,
        default: 0,
        description: "Seconds; 0 for ever",
      }),
    }),
  }),
  unmute: route({
    ...ofOther,
    url: "/api/v1/accounts/:id/unmute",
    summary: "No longer mute an account",
    scope: "write:mutes",
  }),
  listBlocks: route({
    ...ownList,
    url: "/api/v1/blocks",
    summary: "Whom the member blocks, the last one first",
    scope: "read:blocks",
    response: { 200: Type.Array(Account) },
  }),
  listMutes: route({
    ...ownList,
    url: "/api/v1/mutes",
    summary: "Whom the member mutes, the last one first",
    scope: "read:mutes",
    response: { 200: Type.Array(MutedAccount) },
  }),
  relationships: route({
    method: "GET",
    url: "/api/v1/accounts/relationships",
    summary: "How the member stands to other accounts",
    tag: "relationships",
    auth: "member",
    scope: "read:follows",
    query: Type.Object({
      id: Type.Array(IdText, { maxItems: 80, default: [] }),
      with_suspended: Type.Optional(Type.Boolean()),
    }),
    response: { 200: Type.Array(Relationship) },
  }),
  listFollowers: route({
    method: "GET",
    url: "/api/v1/accounts/:id/followers",
    summary: "Who follows an account",
    tag: "relationships",
    auth: "optional",
    scope: "read:accounts",
    params: ById,
    query: Type.Object(paging(80, 40)),
    response: { 200: Type.Array(Account) },
    refusals: [404],
    paged: true,
  }),
  listFollowing: route({
    method: "GET",
    url: "/api/v1/accounts/:id/following",
    summary: "Whom an account follows",
    tag: "relationships",
    auth: "optional",
    scope: "read:accounts",
    params: ById,
    query: Type.Object(paging(80, 40)),
    response: { 200: Type.Array(Account) },
    refusals: [404],
    paged: true,
  }),
} as const
