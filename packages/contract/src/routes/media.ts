import { Type } from "typebox"
import { MediaAttachment } from "../entities/status.ts"
import { LIMITS } from "../limits.ts"
import { route } from "../route.ts"
import { DateTime } from "../schema-parts.ts"
import { ById } from "./paging.ts"

export const Describe = Type.Object({
  description: Type.Optional(
    Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: LIMITS.descriptionCharacters }),
  ),
  focus: Type.Optional(
    Type.String({
      pattern: "^-?[01](\\.\\d+)?,-?[01](\\.\\d+)?$",
      description: "x,y, each from -1.0 to 1.0",
    }),
  ),
})

const upload = {
  method: "POST",
  tag: "media",
  auth: "member",
  scope: "write:media",
  files: ["file"],
  body: Describe,
  refusals: [413, 415, 507],
} as const

export const mediaRoutes = {
  uploadMedia: route({
    ...upload,
    url: "/api/v2/media",
    summary: "Upload a photo: 200 when it was developed at once, else 202",
    response: { 200: MediaAttachment, 202: MediaAttachment },
  }),
  uploadMediaAndWait: route({
    ...upload,
    url: "/api/v1/media",
    summary: "Upload a photo and wait until it is developed",
    response: { 200: MediaAttachment, 202: MediaAttachment },
  }),
  getMedia: route({
    method: "GET",
    url: "/api/v1/media/:id",
    summary: "An own upload: 206 while it is being developed",
    tag: "media",
    auth: "member",
    scope: "write:media",
    params: ById,
    response: { 200: MediaAttachment, 206: MediaAttachment },
    refusals: [404],
  }),
  updateMedia: route({
    method: "PUT",
    url: "/api/v1/media/:id",
    summary: "Change alt text or focus of an own photo",
    tag: "media",
    auth: "member",
    scope: "write:media",
    params: ById,
    body: Describe,
    response: { 200: MediaAttachment, 206: MediaAttachment },
    refusals: [404],
  }),
  retryMedia: route({
    method: "POST",
    url: "/api/tintype/v1/media/:id/retry",
    summary: "Develop a failed upload again",
    tag: "media",
    auth: "member",
    scope: "write:media",
    params: ById,
    response: { 200: MediaAttachment, 202: MediaAttachment },
    refusals: [404, 409],
  }),
  originalOfMedia: route({
    method: "GET",
    url: "/api/tintype/v1/media/:id/original",
    summary: "Where the owner finds the untouched original, for a short time",
    tag: "media",
    auth: "member",
    scope: "write:media",
    params: ById,
    response: { 200: Type.Object({ url: Type.String(), expires_at: DateTime, sha256: Type.String() }) },
    refusals: [404],
  }),
} as const
