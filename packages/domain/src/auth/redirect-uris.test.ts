import { expect, test } from "vitest"
import { isRedirectUri, parseRedirectUris, redirectTarget } from "./redirect-uris.ts"

test.for([
  "https://elk.example/api/callback",
  "http://localhost:3000/cb?x=1",
  "http://127.0.0.1:8976/",
  "tusky://oauth",
  "com.example.app:/oauth",
  "urn:ietf:wg:oauth:2.0:oob",
])("%s may be registered", (uri) => {
  expect(isRedirectUri(uri)).toBe(true)
})

test.for([
  "/relative",
  "example.com/cb",
  "https://a.example/cb#fragment",
  "https://a.example/cb#",
  "javascript:alert(1)",
  "JavaScript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,hi",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:https://a.example/x",
  "https:a.example/cb",
  "https:\\\\a.example\\cb",
  "https://user:password@a.example/cb",
  "https://a.example/ü",
  "https://",
  "",
])("%j may not", (uri) => {
  expect(isRedirectUri(uri)).toBe(false)
})

test("several may come in one text or as a list; one that is bad spoils them all", () => {
  expect(parseRedirectUris("https://a.example/\nurn:ietf:wg:oauth:2.0:oob\n")).toHaveLength(2)
  expect(parseRedirectUris(["https://a.example/", "https://a.example/"])).toEqual(["https://a.example/"])
  expect(parseRedirectUris(["https://a.example/", "javascript:x"])).toBeNull()
  expect(parseRedirectUris(" \n")).toBeNull()
})

test("the answer is added to the query that is there, and escaped", () => {
  const target = redirectTarget("https://a.example/cb?x=1", { code: "c", state: "a&b=\r\nc", iss: undefined })
  expect(target).toBe("https://a.example/cb?x=1&code=c&state=a%26b%3D%0D%0Ac")
  expect(redirectTarget("app://cb", { code: "c" })).toBe("app://cb?code=c")
})
