import { type Static, Type } from "typebox"
import { named, TextOrNull } from "../schema-parts.ts"

const applicationProperties = {
  id: Type.String(),
  name: Type.String(),
  website: TextOrNull,
  scopes: Type.Array(Type.String()),
  redirect_uris: Type.Array(Type.String()),
  redirect_uri: Type.String(),
  vapid_key: Type.String(),
}

export const Application = named("Application", Type.Object(applicationProperties))
export type Application = Static<typeof Application>

export const CredentialApplication = named(
  "CredentialApplication",
  Type.Object({
    ...applicationProperties,
    client_id: Type.String(),
    client_secret: Type.String(),
    client_secret_expires_at: Type.Integer(),
  }),
)
export type CredentialApplication = Static<typeof CredentialApplication>

export const Token = named(
  "Token",
  Type.Object({
    access_token: Type.String(),
    token_type: Type.String(),
    scope: Type.String(),
    created_at: Type.Integer({ description: "Seconds since 1970" }),
  }),
)
export type Token = Static<typeof Token>
