import { Type } from "typebox"
import { CredentialAccount } from "../entities/account.ts"
import { Application, CredentialApplication, Token } from "../entities/oauth.ts"
import { route } from "../route.ts"

const RedirectUris = Type.Union([
  Type.String({ minLength: 1, maxLength: 8000 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), { minItems: 1, maxItems: 20 }),
])

export const authRoutes = {
  createApp: route({
    method: "POST",
    url: "/api/v1/apps",
    summary: "Register a client",
    tag: "apps",
    auth: "anyone",
    body: Type.Object({
      client_name: Type.String({ minLength: 1, maxLength: 200 }),
      redirect_uris: RedirectUris,
      scopes: Type.Optional(Type.String({ maxLength: 2000 })),
      website: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: 2000 })),
    }),
    response: { 200: CredentialApplication },
  }),
  verifyApp: route({
    method: "GET",
    url: "/api/v1/apps/verify_credentials",
    summary: "The client that the token belongs to",
    tag: "apps",
    auth: "app",
    response: { 200: Application },
  }),
  createToken: route({
    method: "POST",
    url: "/oauth/token",
    summary: "Exchange a code or client credentials for a token (RFC 6749)",
    tag: "oauth",
    auth: "anyone",
    body: Type.Object({
      grant_type: Type.String({ maxLength: 50 }),
      client_id: Type.Optional(Type.String({ maxLength: 200 })),
      client_secret: Type.Optional(Type.String({ maxLength: 200 })),
      redirect_uri: Type.Optional(Type.String({ maxLength: 2000 })),
      code: Type.Optional(Type.String({ maxLength: 200 })),
      code_verifier: Type.Optional(Type.String({ maxLength: 200 })),
      scope: Type.Optional(Type.String({ maxLength: 2000 })),
      username: Type.Optional(Type.String({ maxLength: 320 })),
      password: Type.Optional(Type.String({ maxLength: 1024 })),
    }),
    response: { 200: Token },
  }),
  revokeToken: route({
    method: "POST",
    url: "/oauth/revoke",
    summary: "Give a token back (RFC 7009)",
    tag: "oauth",
    auth: "anyone",
    body: Type.Object({
      client_id: Type.Optional(Type.String({ maxLength: 200 })),
      client_secret: Type.Optional(Type.String({ maxLength: 200 })),
      token: Type.String({ maxLength: 200 }),
      token_type_hint: Type.Optional(Type.String({ maxLength: 50 })),
    }),
    response: { 200: Type.Object({}) },
  }),
  signUp: route({
    method: "POST",
    url: "/api/tintype/v1/sign_up",
    summary: "Sign up in the browser: sets the session cookie",
    tag: "session",
    auth: "optional",
    body: Type.Object({
      username: Type.String({ maxLength: 200, default: "" }),
      email: Type.String({ maxLength: 320, default: "" }),
      password: Type.String({ maxLength: 1024, default: "" }),
    }),
    response: { 200: CredentialAccount },
  }),
  signIn: route({
    method: "POST",
    url: "/api/tintype/v1/session",
    summary: "Sign in in the browser: sets the session cookie",
    tag: "session",
    auth: "optional",
    body: Type.Object({
      login: Type.String({ minLength: 1, maxLength: 320, description: "User name or e-mail address" }),
      password: Type.String({ minLength: 1, maxLength: 1024 }),
    }),
    response: { 200: CredentialAccount },
  }),
  signOut: route({
    method: "DELETE",
    url: "/api/tintype/v1/session",
    summary: "Sign out: the session ends everywhere at once",
    tag: "session",
    auth: "optional",
    response: { 200: Type.Object({}) },
  }),
} as const
