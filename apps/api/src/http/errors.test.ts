import {
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  OutOfSpace,
  TooLarge,
  Unauthorized,
  Unavailable,
  UnsupportedPhoto,
} from "@tintype/domain"
import { OAuthRefusal } from "@tintype/domain/auth"
import { expect, test } from "vitest"
import { BadRequest } from "./bad-request.ts"
import { refusalOf } from "./errors.ts"

test.for([
  [new BadRequest("cut"), 400, "cut"],
  [new Unauthorized(), 401, "The access token is invalid"],
  [new Forbidden(), 403, "This action is not allowed"],
  [new NotFound(), 404, "Record not found"],
  [new Conflict("twice"), 409, "twice"],
  [new TooLarge("too large"), 413, "too large"],
  [new Invalid("Validation failed: x"), 422, "Validation failed: x"],
  [new UnsupportedPhoto("no photo"), 422, "no photo"],
  [new OutOfSpace(), 507, "The server has no space left for photos. Please tell its operator."],
  [new Unavailable("busy"), 503, "busy"],
] as const)("%s is a %i", ([error, status, words]) => {
  expect(refusalOf(error, false)).toMatchObject({ status, body: { error: words } })
})

test("an invalid form says it field by field", () => {
  const details = { username: [{ error: "ERR_TAKEN", description: "has already been taken" }] } as const
  const { body } = refusalOf(new Invalid("Validation failed: …", { username: [...details.username] }), false)
  expect(body.details).toEqual(details)
})

test("who shall come again is told when", () => {
  expect(refusalOf(new Unavailable("busy", 7), false).headers).toEqual({ "retry-after": "7" })
})

test("the token endpoint answers in the form of RFC 6749", () => {
  expect(refusalOf(new OAuthRefusal("invalid_grant", "used"), true)).toEqual({
    status: 400,
    body: { error: "invalid_grant", error_description: "used" },
  })
  expect(refusalOf(new OAuthRefusal("invalid_client", "unknown"), true)).toMatchObject({ status: 401 })
  expect(refusalOf(new Invalid("Validation failed: grant_type can't be blank"), true)).toEqual({
    status: 400,
    body: { error: "invalid_request", error_description: "Validation failed: grant_type can't be blank" },
  })
})

const withCode = (code: string) => Object.assign(new Error("secret host db.internal"), { code })

test.for(["ECONNREFUSED", "CONNECT_TIMEOUT", "CONNECTION_CLOSED", "57P01", "57014", "53300"])(
  "a store that is away (%s) is a 503 that may be tried again, however deep it lies",
  (code) => {
    const error = new Error("Failed query: select secret", { cause: withCode(code) })
    expect(refusalOf(error, false)).toMatchObject({ status: 503, headers: { "retry-after": "5" } })
    const aggregate = new Error("x", { cause: new AggregateError([withCode(code)]) })
    expect(refusalOf(aggregate, false).status).toBe(503)
  },
)

test.for([
  new Error("Failed query: select secret from /srv/app", { cause: withCode("23505") }),
  new TypeError("cannot read properties of undefined"),
  withCode("ECONNREFUSED_BUT_NOT"),
  "a text that was thrown",
  undefined,
])("anything else is a 500 that tells nothing", (error) => {
  expect(refusalOf(error, false)).toEqual({
    status: 500,
    body: { error: "We're sorry, but something went wrong on this server." },
  })
})

test("nothing of a 503's cause is told either", () => {
  const { body } = refusalOf(new Error("select secret", { cause: withCode("ECONNREFUSED") }), false)
  expect(JSON.stringify(body)).not.toMatch(/secret|internal|select/)
})
