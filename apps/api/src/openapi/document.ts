import { ErrorBody, type RouteSpec, routes, scopesOf } from "@tintype/contract"
import { SCOPES } from "@tintype/domain/auth"
import type { TSchema } from "typebox"
import { type JsonObject, NamedSchemas } from "./named-schemas.ts"

const STATUS_WORDS: Readonly<Record<number, string>> = {
  200: "Done",
  202: "Accepted; not finished yet",
  206: "Not finished yet",
  400: "The request cannot be read",
  401: "No valid access token",
  403: "Not allowed, or outside the token's scopes",
  404: "Not found",
  409: "In conflict with what is there",
  413: "Too large",
  415: "Of a type that is not supported",
  422: "Validation failed",
  429: "Too many requests",
  503: "Busy or not ready; try again later",
  507: "No space left",
}

/** What every route may answer beside its own refusals. */
const COMMON_REFUSALS = [400, 422, 429, 503]
const REFUSALS_WITH_TOKEN = [401, 403]

const jsonOf = (schema: unknown): JsonObject => ({ "application/json": { schema } })

function parametersOf({ params, query }: RouteSpec, names: NamedSchemas): JsonObject[] {
  const path = Object.entries(params?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: "path",
    required: true,
    schema: names.refer(schema),
  }))
  const required = new Set(query?.required)
  const search = Object.entries(query?.properties ?? {}).map(([name, schema]) => {
    const referred = names.refer(schema)
    const list = referred.type === "array"
    const needed = required.has(name) && referred.default === undefined
    return { name: list ? `${name}[]` : name, in: "query", required: needed, schema: referred }
  })
  return [...path, ...search]
}

/** Members with a default need not be sent, whatever the schema says of them once they are filled in. */
function withoutDefaulted(schema: JsonObject): JsonObject {
  const properties = (schema.properties ?? {}) as Record<string, JsonObject>
  const required = [schema.required ?? []]
    .flat()
    .filter((name) => properties[String(name)]?.default === undefined)
  const { required: _all, ...rest } = schema
  return required.length > 0 ? { ...rest, required } : rest
}

function bodyOf({ body, files }: RouteSpec, names: NamedSchemas): JsonObject {
  if (!body) return {}
  const schema = withoutDefaulted(names.refer(body))
  const fileFields = Object.fromEntries(
    (files ?? []).map((name) => [name, { type: "string", format: "binary" }]),
  )
  const form = { ...schema, properties: { ...(schema.properties as JsonObject), ...fileFields } }
  return {
    requestBody: {
      required: Array.isArray(schema.required),
      content: {
        ...jsonOf(schema),
        "application/x-www-form-urlencoded": { schema },
        "multipart/form-data": { schema: form },
      },
    },
  }
}

const linkHeader = {
  Link: { description: "The pages before and after (RFC 8288)", schema: { type: "string" } },
}

function responsesOf(route: RouteSpec, names: NamedSchemas): JsonObject {
  const responses: Record<string, JsonObject> = {}
  const refusals = [
    ...COMMON_REFUSALS,
    ...(route.auth === "anyone" ? [] : REFUSALS_WITH_TOKEN),
    ...(route.refusals ?? []),
  ]
  for (const status of refusals) {
    responses[status] = {
      description: STATUS_WORDS[status] ?? "Refused",
      content: jsonOf(names.refer(ErrorBody)),
    }
  }
  for (const [status, schema] of Object.entries<TSchema>(route.response)) {
    responses[status] = {
      description: STATUS_WORDS[Number(status)] ?? "Done",
      content: jsonOf(names.refer(schema)),
      ...(route.paged && { headers: linkHeader }),
    }
  }
  return responses
}

function securityOf(route: RouteSpec): JsonObject {
  const { auth } = route
  if (auth === "anyone") return { security: [] }
  const scopes = scopesOf(route)
  const oauth = scopes.length > 0 ? scopes.map((scope) => ({ oauth: [scope] })) : [{ oauth: [] }]
  const member = [...oauth, { session: [] }]
  return { security: auth === "optional" ? [...member, {}] : auth === "app" ? oauth : member }
}

function pathsOf(names: NamedSchemas): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const [operationId, route] of Object.entries<RouteSpec>(routes)) {
    const path = route.url.replace(/:(\w+)/g, "{$1}")
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: {
        operationId,
        summary: route.summary,
        tags: [route.tag],
        ...securityOf(route),
        parameters: parametersOf(route, names),
        ...bodyOf(route, names),
        responses: responsesOf(route, names),
      },
    }
  }
  return paths
}

function securitySchemes(publicUrl: string, cookie: string): JsonObject {
  const scopes = Object.fromEntries(SCOPES.map((scope) => [scope, ""]))
  const tokenUrl = `${publicUrl}/oauth/token`
  return {
    oauth: {
      type: "oauth2",
      flows: {
        authorizationCode: { authorizationUrl: `${publicUrl}/oauth/authorize`, tokenUrl, scopes },
        clientCredentials: { tokenUrl, scopes },
      },
    },
    session: { type: "apiKey", in: "cookie", name: cookie },
  }
}

/**
 * The contract as an OpenAPI 3.1 document.
 *
 * @param cookie name of the cookie that carries the browser's session
 */
export function openApiDocument(
  { publicUrl, title }: { publicUrl: string; title: string },
  version: string,
  cookie: string,
): JsonObject {
  const names = new NamedSchemas()
  const paths = pathsOf(names)
  return {
    openapi: "3.1.0",
    info: {
      title: `${title}: client API`,
      version,
      description:
        "Compatible with the Mastodon client API; what that lacks stands under /api/tintype. Bodies may be JSON, " +
        "forms or multipart. Every refusal has a member `error`, in words.",
      license: { name: "AGPL-3.0-only", identifier: "AGPL-3.0-only" },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: { schemas: names.schemas, securitySchemes: securitySchemes(publicUrl, cookie) },
  }
}
