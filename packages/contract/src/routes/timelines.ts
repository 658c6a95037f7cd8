import { Type } from "typebox"
import { Status } from "../entities/status.ts"
import { route } from "../route.ts"
import { paging } from "./paging.ts"

/** A page of posts, newest first. */
const posts = {
  method: "GET",
  tag: "timelines",
  response: { 200: Type.Array(Status) },
  paged: true,
} as const

/** Every post is of this server, and all that timelines show have photos. */
const ofWhichPosts = {
  ...paging(40, 20),
  local: Type.Optional(Type.Boolean()),
  remote: Type.Optional(Type.Boolean()),
  only_media: Type.Optional(Type.Boolean()),
}

const tags = Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20, default: [] })

export const timelineRoutes = {
  homeTimeline: route({
    ...posts,
    url: "/api/v1/timelines/home",
    summary: "Posts of the accounts that the member follows, and the own ones, newest first",
    auth: "member",
    scope: "read:statuses",
    query: Type.Object({ ...paging(40, 20), local: Type.Optional(Type.Boolean()) }),
  }),
  publicTimeline: route({
    ...posts,
    url: "/api/v1/timelines/public",
    summary: "The public posts of all members, newest first",
    auth: "optional",
    scope: "read:statuses",
    query: Type.Object(ofWhichPosts),
  }),
  tagTimeline: route({
    ...posts,
    url: "/api/v1/timelines/tag/:hashtag",
    summary:
      "The public posts with a tag, newest first; also with any, only with all, and with none of others",
    auth: "optional",
    scope: "read:statuses",
    params: Type.Object({ hashtag: Type.String({ minLength: 1, maxLength: 200 }) }),
    query: Type.Object({ ...ofWhichPosts, any: tags, all: tags, none: tags }),
  }),
  favourites: route({
    ...posts,
    url: "/api/v1/favourites",
    summary: "Posts that the member likes, the last liked first",
    auth: "member",
    scope: "read:favourites",
    query: Type.Object(paging(40, 20)),
  }),
  bookmarks: route({
    ...posts,
    url: "/api/v1/bookmarks",
    summary: "Posts that the member bookmarked, the last one first",
    auth: "member",
    scope: "read:bookmarks",
    query: Type.Object(paging(40, 20)),
  }),
} as const
