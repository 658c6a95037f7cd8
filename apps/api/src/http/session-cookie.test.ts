import { expect, test } from "vitest"
import { sessionCookie } from "./session-cookie.ts"

test("over TLS the cookie is bound to the host", () => {
  const cookie = sessionCookie("https://photos.example").write("secret")
  expect(cookie).toMatch(/^__Host-tintype=secret; /)
  expect(cookie.split("; ")).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "SameSite=Lax", "Secure"]))
  expect(cookie).not.toMatch(/domain/i)
})

test("without TLS it has a plain name, as browsers refuse the other", () => {
  const cookie = sessionCookie("http://localhost:8080")
  expect(cookie.write("secret")).toMatch(/^tintype=secret; .*HttpOnly/)
  expect(cookie.write("secret")).not.toMatch(/Secure/)
  expect(cookie.clear()).toMatch(/^tintype=; Max-Age=0; /)
})

test.for([
  [undefined, undefined],
  ["", undefined],
  ["tintype=", undefined],
  ["tintype=a", "a"],
  ["x=1; tintype=a; y=2", "a"],
  ["nottintype=b; tintype=a", "a"],
  ["tintype", undefined],
] as const)("in %j the token is %j", ([header, token]) => {
  expect(sessionCookie("http://localhost:8080").read(header)).toBe(token)
})
