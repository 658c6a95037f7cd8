import type { RouteSpec } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import { type Context, Invalid, Written } from "@tintype/domain"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { Answer, Page } from "./answers.ts"
import { authenticateRequest, callerOf, findOperator } from "./authenticate.ts"
import type { Input, Output } from "./input.ts"
import { linkHeader } from "./link-header.ts"
import { readBody } from "./read-body.ts"
import { sharedCaching } from "./shared-caching.ts"
import { type Checks, checksOf } from "./validation.ts"

export { answer, page } from "./answers.ts"
export type { Input } from "./input.ts"

declare module "fastify" {
  interface FastifyContextConfig {
    contract?: RouteSpec
  }
}

/** The second argument is for what lies outside the contract, such as the client's credentials in a header. */
export type Handler<R extends RouteSpec> = (
  input: Input<R>,
  request: FastifyRequest,
) => Output<R> | Promise<Output<R>>

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"]
  const text = Array.isArray(key) ? key[0] : key
  if (text && text.length > LIMITS.idempotencyKeyCharacters) {
    throw new Invalid(
      `Validation failed: Idempotency-Key is too long (maximum is ${LIMITS.idempotencyKeyCharacters} characters)`,
    )
  }
  return text || undefined
}

const JSON_TYPE = "application/json; charset=utf-8"

async function call<R extends RouteSpec>(
  ctx: Context,
  route: R,
  checks: Checks,
  request: FastifyRequest,
  handler: Handler<R>,
): Promise<Output<R>> {
  const params = checks.params(request.params)
  const query = checks.query(request.query)
  const idempotencyKey = route.idempotencyKey ? idempotencyKeyOf(request) : undefined
  await using body = await readBody(ctx, route, request)
  const input = {
    params,
    query,
    body: checks.body(body.fields),
    actor: callerOf(route, request),
    files: body.files,
    idempotencyKey,
  }
  // The checks were compiled from the schemas that these types are made of.
  return await handler(input as Input<R>, request)
}

function send(ctx: Context, request: FastifyRequest, reply: FastifyReply, output: unknown): FastifyReply {
  if (output instanceof Answer) {
    return reply.code(output.status).headers(output.headers).send(output.body)
  }
  if (!(output instanceof Page)) return reply.send(output)
  const link = linkHeader(ctx.settings.publicUrl, request.url, output.ends)
  if (link) reply.header("link", link)
  const { items } = output
  return items instanceof Written ? reply.type(JSON_TYPE).send(items.text) : reply.send(items)
}

/**
 * Registers one route of the contract. Who calls is settled before the body is read; the handler sees checked
 * input only; its answer is written by the route's response schema.
 */
export function serve<const R extends RouteSpec>(
  app: FastifyInstance,
  ctx: Context,
  route: R,
  handler: Handler<R>,
): void {
  const checks = checksOf(route)
  app.route({
    method: route.method,
    url: route.url,
    schema: { response: route.response },
    config: { contract: route },
    onRequest: async (request, reply) => {
      request.session = await authenticateRequest(ctx, route, request)
      request.operator = await findOperator(ctx, route, request.session)
      // For the gateway, which counts a member's requests together.
      if (request.session?.accountId) reply.header("x-tintype-account", request.session.accountId)
    },
    handler: async (request, reply) => {
      const output = await call(ctx, route, checks, request, handler)
      return send(ctx, request, reply.headers(sharedCaching(route, request, output)), output)
    },
  })
}
