import { describe } from "vitest"
import { type Case, conform, inSeconds, type Lines, type Step } from "../testing/conformance.ts"

const HOUR: Lines = [["Cache-Control", "max-age=3600"]]

/** Asked for twice with the same request. */
const twice = (name: string, from: Step["from"], answer: Lines, step: Partial<Step> = {}): Case => [
  name,
  { ...step, from: "origin", answer },
  { ...step, from, answer },
]
const told = (from: Step["from"], control: string, ...more: Lines): Case =>
  twice(control, from, [["Cache-Control", control], ...more])

describe("Cache-Control of a response", () => {
  conform([
    told("origin", "no-store"),
    told("origin", "No-StOrE, max-age=3600"),
    told("origin", "max-age=3600, no-store"),
    told("origin", "no-cache"),
    told("origin", "No-cAcHe, max-age=3600"),
    told("validated", "no-cache, max-age=3600", ["ETag", '"a"']),
    told("origin", "private, max-age=3600"),
    told("origin", "PRIVATE, s-maxage=3600"),
    told("cache", "must-revalidate, max-age=3600"),
    told("cache", "proxy-revalidate, max-age=3600"),
    told("cache", "must-understand, no-store, max-age=3600"),
    twice(
      "must-understand of a status that is not",
      "origin",
      [["Cache-Control", "must-understand, max-age=3600"]],
      { status: 299 },
    ),
    [
      "a private field is not stored",
      {
        from: "origin",
        answer: [
          ["Cache-Control", 'max-age=3600, private="a, B"'],
          ["A", "1"],
          ["B", "2"],
        ],
      },
      { from: "cache", got: { headers: { a: undefined, b: undefined } } },
    ],
    [
      "a field not to be cached is not stored",
      {
        from: "origin",
        answer: [
          ["Cache-Control", 'max-age=3600, no-cache="a"'],
          ["A", "1"],
          ["B", "2"],
        ],
      },
      { from: "cache", got: { headers: { a: undefined, b: "2" } } },
    ],
    told("origin", 'private="a", private, max-age=3600'),
    twice("Pragma of a response means nothing", "cache", [...HOUR, ["Pragma", "no-cache"]]),
    [
      "what is not to be stored takes the place of what was",
      { from: "origin", answer: HOUR },
      { from: "origin", headers: { "cache-control": "no-cache" }, answer: [["Cache-Control", "no-store"]] },
      { from: "origin" },
    ],
  ])
})

describe("statuses", () => {
  const ALL = [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599]
  conform([
    ...ALL.map((status) => twice(`${status} is cached when it is fresh`, "cache", HOUR, { status })),
    ...ALL.map((status) =>
      twice(`${status} is not used when it is stale`, "origin", [...HOUR, ["Age", "3601"]], { status }),
    ),
    twice("206 is not stored", "origin", [...HOUR, ["Content-Range", "bytes 0-3/9"]], { status: 206 }),
  ])
})

describe("who asks", () => {
  const member = { headers: { authorization: "Bearer mine" } }
  const visitor = { headers: { cookie: "session=mine" } }
  const answers = (control: string): Lines => [["Cache-Control", control]]
  conform([
    twice("a response to a token", "origin", answers("max-age=3600"), member),
    twice("a public response to a token", "cache", answers("public, max-age=3600"), member),
    twice("a response to a token with s-maxage", "cache", answers("s-maxage=3600"), member),
    twice("one that must be revalidated", "cache", answers("must-revalidate, max-age=3600"), member),
    twice("a response to a cookie", "origin", answers("max-age=3600"), visitor),
    twice("a response to a cookie, to revalidate", "origin", answers("must-revalidate, max-age=60"), visitor),
    twice("a public response to a cookie", "cache", answers("public, max-age=3600"), visitor),
    [
      "what a stranger got is not for a member unless it is public",
      { from: "origin", answer: HOUR },
      { ...member, from: "origin", answer: HOUR },
      { from: "cache" },
    ],
    [
      "what a member got is not for a stranger",
      { ...member, from: "origin", answer: HOUR },
      { from: "origin" },
    ],
    [
      "what is kept apart by Vary is kept apart",
      { ...member, from: "origin", answer: [...answers("public, max-age=60"), ["Vary", "Authorization"]] },
      { from: "origin" },
      { headers: { authorization: "Bearer other" }, from: "origin" },
    ],
  ])
})

describe("Set-Cookie", () => {
  const setting = (control: string): Lines => [
    ["Cache-Control", control],
    ["Set-Cookie", "a=b"],
  ]
  conform([
    [
      "is stored with what says for how long",
      { from: "origin", answer: setting("max-age=3600"), got: { headers: { "set-cookie": ["a=b"] } } },
      { from: "cache", got: { headers: { "set-cookie": ["a=b"] } } },
    ],
    twice("is stored with what is public", "cache", setting("public, s-maxage=3600")),
    twice("is not stored by custom, nor what bears it", "origin", [
      ["Last-Modified", inSeconds(-100_000)],
      ["Set-Cookie", "a=b"],
    ]),
    twice("is not stored with what does not say for how long", "origin", [
      ["ETag", '"a"'],
      ...setting("public"),
    ]),
    ...["private, max-age=3600", "no-store"].map((control) =>
      twice(`is not stored with ${control}`, "origin", setting(control)),
    ),
    [
      "is for nobody else where a cookie came",
      { headers: { cookie: "session=mine" }, from: "origin", answer: setting("max-age=3600") },
      { from: "origin" },
    ],
    [
      "is left out when the origin excepts it",
      { from: "origin", answer: setting('max-age=3600, private="Set-Cookie"') },
      { from: "cache", got: { headers: { "set-cookie": undefined } } },
    ],
    [
      "of a confirmation replaces the one before",
      {
        from: "origin",
        answer: [["ETag", '"a"'], ...setting("max-age=1")],
      },
      {
        after: 2,
        from: "validated",
        answer: [
          ["Cache-Control", "max-age=60"],
          ["ETag", '"a"'],
          ["Set-Cookie", "a=c"],
        ],
        got: { headers: { "set-cookie": ["a=c"] } },
      },
      { from: "cache", got: { headers: { "set-cookie": ["a=c"] } } },
    ],
  ])
})

describe("header fields", () => {
  const KEPT: Lines = [
    ["Test-Header", "a"],
    ["Content-Foo", "a"],
    ["Content-Encoding", "identity"],
    ["Content-Location", "/foo"],
    ["Content-MD5", "rL0Y20zC+Fzt72VPzMSk2A=="],
    ["Content-Range", "bytes 0-9/10"],
    ["Content-Security-Policy", "default-src 'self'"],
    ["Content-Type", "text/plain"],
    ["Clear-Site-Data", "cookies"],
    ["ETag", '"abcdef"'],
    ["Expires", inSeconds(60)],
    ["X-Frame-Options", "deny"],
  ]
  const DROPPED: Lines = [
    ["Keep-Alive", "timeout=600"],
    ["Proxy-Authenticate", "Basic"],
    ["Proxy-Authentication-Info", "a"],
    ["Proxy-Connection", "close"],
    ["TE", "deflate"],
    ["Upgrade", "foo/1"],
  ]
  const lower = (name: string) => name.toLowerCase()
  conform([
    ...KEPT.map(
      ([name, value]): Case => [
        `${name} is stored`,
        { from: "origin", answer: [...HOUR, [name, value]] },
        { from: "cache", got: { headers: { [lower(name)]: value } } },
      ],
    ),
    ...DROPPED.map(
      ([name, value]): Case => [
        `${name} is not stored`,
        { from: "origin", answer: [...HOUR, [name, value]] },
        { from: "cache", got: { headers: lower(name) === "keep-alive" ? {} : { [lower(name)]: undefined } } },
      ],
    ),
    [
      "what Connection names is not stored",
      { from: "origin", answer: [...HOUR, ["Connection", "a, b"], ["A", "1"], ["B", "2"], ["C", "3"]] },
      { from: "cache", got: { headers: { a: undefined, b: undefined, c: "3" } } },
    ],
    [
      "several lines stay several",
      { from: "origin", answer: [...HOUR, ["Link", "<a>"], ["Link", "<b>"]] },
      { from: "cache", got: { headers: { link: "<a>, <b>" } } },
    ],
    [
      "Date stays the origin's",
      { from: "origin", answer: [...HOUR, ["Date", "Sat, 01 Jan 2050 00:00:00 GMT"]] },
      { after: 5, from: "cache", got: { headers: { date: "Sat, 01 Jan 2050 00:00:00 GMT" } } },
    ],
    [
      "Cache-Status says what was done",
      {
        from: "origin",
        answer: [...HOUR, ["Cache-Status", "app; hit"]],
        got: { headers: { "cache-status": "app; hit, tintype; fwd=uri-miss; stored" } },
      },
      { after: 10, from: "cache", got: { headers: { "cache-status": "tintype; hit; ttl=3589" } } },
    ],
  ])
})

describe("incomplete responses", () => {
  conform([
    [
      "with a length are not stored",
      { from: "origin", answer: [...HOUR, ["Content-Length", "100"]], breaks: "body" },
      { from: "origin", answer: HOUR },
      { from: "cache" },
    ],
    [
      "in chunks are not stored",
      { from: "origin", answer: [...HOUR, ["Transfer-Encoding", "chunked"]], breaks: "body" },
      { from: "origin", answer: HOUR },
    ],
  ])
})
