import { describe } from "vitest"
import { type Case, conform, type Lines, type Step } from "../testing/conformance.ts"

const HOUR: Lines = [["Cache-Control", "max-age=3600"]]

/** Requests with these values of `Foo` (and `Bar`), and where the answer to each comes from. */
const varying = (name: string, vary: Lines, ...asked: [Step["headers"], Step["from"]][]): Case => [
  name,
  ...asked.map(
    ([headers, from]): Step => ({ ...(headers && { headers }), from, answer: [...HOUR, ...vary] }),
  ),
]
const FOO: Lines = [["Vary", "Foo"]]
const TWO: Lines = [["Vary", "Foo, Bar"]]
const TWO_LINES: Lines = [
  ["Vary", "Foo"],
  ["Vary", "Bar"],
]
const LANGUAGE: Lines = [["Vary", "Accept-Language"]]

const language = (one: string, other: string, from: Step["from"]) =>
  varying(
    `${one} and ${other}`,
    LANGUAGE,
    [{ "accept-language": one }, "origin"],
    [{ "accept-language": other }, from],
  )

describe("Vary", () => {
  conform([
    varying("the same", FOO, [{ foo: "1" }, "origin"], [{ foo: "1" }, "cache"]),
    varying("another", FOO, [{ foo: "1" }, "origin"], [{ foo: "2" }, "origin"]),
    varying("left out at first", FOO, [{}, "origin"], [{ foo: "1" }, "origin"]),
    varying("left out later", FOO, [{ foo: "1" }, "origin"], [{}, "origin"]),
    varying("left out twice", FOO, [{}, "origin"], [{}, "cache"]),
    varying(
      "one variant does not push out another",
      FOO,
      [{ foo: "1" }, "origin"],
      [{ foo: "2" }, "origin"],
      [{ foo: "1" }, "cache"],
      [{ foo: "2" }, "cache"],
    ),
    varying("two fields alike", TWO, [{ foo: "1", bar: "a" }, "origin"], [{ foo: "1", bar: "a" }, "cache"]),
    varying("one of two", TWO, [{ foo: "1", bar: "a" }, "origin"], [{ foo: "1", bar: "b" }, "origin"]),
    varying("one of two left out", TWO, [{ foo: "1", bar: "a" }, "origin"], [{ foo: "1" }, "origin"]),
    varying(
      "on two lines",
      TWO_LINES,
      [{ foo: "1", bar: "a" }, "origin"],
      [{ foo: "1", bar: "b" }, "origin"],
    ),
    varying("in capitals", [["Vary", "FOO"]], [{ foo: "1" }, "origin"], [{ foo: "2" }, "origin"]),
    varying("what it does not name", FOO, [{ bar: "1" }, "origin"], [{ bar: "2" }, "cache"]),
    varying("space around commas", FOO, [{ foo: "1,2" }, "origin"], [{ foo: " 1 , 2" }, "cache"]),
    varying("lines combined", FOO, [{ foo: ["1", "2"] }, "origin"], [{ foo: "1, 2" }, "cache"]),
    varying("space within quotes", FOO, [{ foo: '"1,2"' }, "origin"], [{ foo: '"1, 2"' }, "origin"]),
    ...["*", "*, *", ", *", "*, Foo", "Foo, *", "*,"].map((value) =>
      varying(`a star: ${value}`, [["Vary", value]], [{ foo: "1" }, "origin"], [{ foo: "1" }, "origin"]),
    ),
    varying("a star on a line", [...FOO, ["Vary", "*"]], [{ foo: "1" }, "origin"], [{ foo: "1" }, "origin"]),
    varying("what the gateway writes", [["Vary", "X-Forwarded-For"]], [{}, "origin"], [{}, "origin"]),
    language("en, de", "de, en", "cache"),
    language("en, de", "EN,  De", "cache"),
    language("en, de", "en, fr", "origin"),
    language("en;q=0.5, de", "de, en;q=0.5", "cache"),
    language("en;q=0.5, de", "en, de;q=0.5", "origin"),
  ])
})

/** A stored response grows stale, is confirmed with `lines`, and is asked for twice. */
const confirmed = (name: string, stored: Lines, lines: Lines, headers: Record<string, unknown>): Case => [
  name,
  { from: "origin", answer: [["Cache-Control", "max-age=2"], ["ETag", '"a"'], ...stored], content: "whole" },
  { after: 3, from: "validated", answer: lines, got: { headers, content: "whole" } },
  { from: "cache", got: { headers, content: "whole" } },
]

describe("304", () => {
  conform([
    confirmed("keeps what it does not name", [["Test-Header", "a"]], HOUR, { "test-header": "a" }),
    ...[
      ["Test-Header", "a", "b"],
      ["Content-Foo", "a", "b"],
      ["Content-Location", "/foo", "/bar"],
      ["Content-Security-Policy", "default-src 'self'", "default-src 'none'"],
      ["Content-Type", "text/plain", "text/plain;charset=utf-8"],
      ["X-Frame-Options", "deny", "sameorigin"],
    ].map(([name = "", before = "", after = ""]) =>
      confirmed(`updates ${name}`, [[name, before]], [...HOUR, [name, after]], {
        [name.toLowerCase()]: after,
      }),
    ),
    confirmed("leaves Content-Length", [], [...HOUR, ["Content-Length", "36"]], { "content-length": "5" }),
    confirmed("leaves Content-Encoding", [["Content-Encoding", "a"]], [...HOUR, ["Content-Encoding", "b"]], {
      "content-encoding": "a",
    }),
    confirmed("updates Expires", [], [...HOUR, ["Expires", "Thu, 01 Jan 2065 00:00:00 GMT"]], {
      expires: "Thu, 01 Jan 2065 00:00:00 GMT",
    }),
    confirmed("with the same tag", [], [...HOUR, ["ETag", '"a"']], { etag: '"a"' }),
    [
      "makes fresh by its own Cache-Control only",
      {
        from: "origin",
        answer: [
          ["Cache-Control", "max-age=2"],
          ["ETag", '"a"'],
        ],
      },
      { after: 3, from: "validated" },
      { after: 3, from: "validated" },
    ],
    [
      "keeps what was said to the gateway alone",
      {
        from: "origin",
        answer: [
          ["CDN-Cache-Control", "max-age=2"],
          ["Cache-Control", "no-store"],
          ["ETag", '"a"'],
        ],
      },
      { after: 3, from: "validated" },
      { from: "cache", got: { headers: { "cdn-cache-control": undefined } } },
    ],
    [
      "that forbids to store is the last use",
      {
        from: "origin",
        answer: [
          ["Cache-Control", "max-age=2"],
          ["ETag", '"a"'],
        ],
      },
      { after: 3, from: "validated", answer: [["Cache-Control", "private"]], got: { content: "answer 1" } },
      { from: "origin" },
    ],
  ])
})

describe("HEAD", () => {
  const stored: Step = {
    from: "origin",
    answer: [
      ["Cache-Control", "max-age=2"],
      ["Test-Header", "a"],
      ["Test-Other", "a"],
    ],
    content: "whole",
  }
  const head = (status: number, answer: Lines): Step => ({
    method: "HEAD",
    after: 3,
    status,
    from: "origin",
    answer,
  })
  conform([
    [
      "is answered from what GET stored",
      { from: "origin", answer: HOUR, content: "whole" },
      { method: "HEAD", from: "cache", got: { headers: { "content-length": "5" }, content: "" } },
    ],
    ["stores nothing", { method: "HEAD", from: "origin", answer: HOUR }, { from: "origin" }],
    [
      "updates what is stored",
      stored,
      head(200, [...HOUR, ["Test-Header", "b"], ["Content-Length", "5"]]),
      { from: "cache", got: { headers: { "test-header": "b", "test-other": "a" }, content: "whole" } },
    ],
    ["of another length ends it", stored, head(200, [...HOUR, ["Content-Length", "9"]]), { from: "origin" }],
    ["of another tag ends it", stored, head(200, [...HOUR, ["ETag", '"b"']]), { from: "origin" }],
    ["that says 410 ends it", stored, head(410, HOUR), { from: "origin" }],
  ])
})

describe("invalidation", () => {
  const fresh: Step = { from: "origin", answer: HOUR }
  const change = (method: string, status: number, answer: Lines = []): Step => ({
    method,
    status,
    answer,
    body: "abc",
    from: "origin",
    headers: { "content-length": "3" },
  })
  const cases = ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH"].flatMap((method): Case[] => [
    [`${method} ends what is stored`, fresh, change(method, 200), fresh],
    [`${method} that redirects does`, fresh, change(method, 303), fresh],
    [`${method} that fails does not`, fresh, change(method, 500), { from: "cache" }],
    [`${method} that is refused does not`, fresh, change(method, 422), { from: "cache" }],
    ...["Location", "Content-Location"].flatMap((name): Case[] => [
      [
        `${method} ends what ${name} names`,
        { ...fresh, at: "/old?x=1" },
        { ...change(method, 201, [[name, "old?x=1"]]), at: "/new" },
        { ...fresh, at: "/old?x=1" },
      ],
      [
        `${method} does not end what ${name} names elsewhere`,
        { ...fresh, at: "/old" },
        { ...change(method, 201, [[name, "http://elsewhere.example{here}/old"]]), at: "/new" },
        { from: "cache", at: "/old" },
      ],
    ]),
  ])
  conform([
    ...cases,
    ["OPTIONS changes nothing", fresh, { method: "OPTIONS", from: "origin" }, { from: "cache" }],
    ["POST is not cached", change("POST", 200, HOUR), change("POST", 200, HOUR), fresh],
    [
      "every variant ends",
      { ...fresh, headers: { foo: "1" }, answer: [...HOUR, ["Vary", "Foo"]] },
      { ...fresh, headers: { foo: "2" }, answer: [...HOUR, ["Vary", "Foo"]] },
      change("DELETE", 200),
      { ...fresh, headers: { foo: "1" }, answer: [...HOUR, ["Vary", "Foo"]] },
      { ...fresh, headers: { foo: "2" }, answer: [...HOUR, ["Vary", "Foo"]] },
    ],
  ])
})

describe("the key", () => {
  const apart = (name: string, one: string, other: string): Case => [
    name,
    { from: "origin", at: one, answer: HOUR },
    { from: "origin", at: other, answer: HOUR },
    { from: "cache", at: one },
  ]
  conform([
    ["the same query", { from: "origin", at: "?a=b", answer: HOUR }, { from: "cache", at: "?a=b" }],
    apart("another query", "?a=1", "?a=2"),
    apart("the query in another order", "?a=1&b=2", "?b=2&a=1"),
    apart("a slash at the end", "/", ""),
    apart("an escape in small letters", "/%c3%A4", "/%C3%A4"),
    apart("an escape that is none", "/%7Eme", "/~me"),
    apart("a path in capitals", "/Me", "/me"),
    apart("a parameter of the path", "/me;a.js", "/me"),
    [
      "another host",
      { from: "origin", headers: { host: "one.example" }, answer: HOUR },
      { from: "origin", headers: { host: "two.example" }, answer: HOUR },
      { from: "origin", headers: { host: "one.example:81" }, answer: HOUR },
      { from: "cache", headers: { host: "two.example" } },
    ],
  ])
})
