import { describe } from "vitest"
import { type Case, conform, inSeconds, type Lines, type Step } from "../testing/conformance.ts"

const control = (value: string): Lines => [["Cache-Control", value]]
const HOUR = control("max-age=3600")
const TAGGED: Lines = [...HOUR, ["ETag", '"a"']]
const STALE_TAGGED: Lines = [["Age", "9999"], ...TAGGED]

/** Stored by a plain request, asked for again with `Cache-Control`. */
const asking = (value: string, from: Step["from"], answer: Lines, after = 0): Case => [
  `${value} of ${answer.flat().join(" ")} after ${after} s`,
  { from: "origin", answer },
  {
    after,
    from,
    headers: { "cache-control": value },
    answer,
    ...(from === "nobody" && { got: { status: 504 } }),
  },
]

describe("Cache-Control of a request", () => {
  conform([
    asking("max-age=0", "origin", HOUR, 1),
    asking("max-age=1", "origin", HOUR, 2),
    asking("max-age=600", "origin", [["Age", "1800"], ...HOUR]),
    asking("max-age=600", "cache", HOUR, 10),
    asking("max-stale", "cache", control("max-age=10"), 20),
    asking("max-stale=100", "cache", control("max-age=10"), 20),
    asking("max-stale=5", "origin", control("max-age=10"), 20),
    asking("max-stale=100", "origin", control("max-age=10, must-revalidate"), 20),
    asking("max-stale=100", "origin", control("max-age=10, proxy-revalidate"), 20),
    asking("max-stale=100", "origin", control("s-maxage=10"), 20),
    asking("min-fresh=1800", "cache", HOUR),
    asking("min-fresh=3700", "origin", HOUR),
    asking("min-fresh=1800", "origin", [["Age", "2000"], ...HOUR]),
    asking("no-cache", "origin", HOUR),
    asking("no-cache", "validated", TAGGED),
    asking("no-cache", "validated", [...HOUR, ["Last-Modified", inSeconds(-3000)]]),
    asking("only-if-cached", "cache", HOUR),
    asking("only-if-cached", "nobody", control("no-store")),
    asking("only-if-cached", "nobody", control("max-age=1"), 2),
    asking("foo, bar=baz", "cache", HOUR),
    [
      "no-store keeps the response from being stored",
      { from: "origin", headers: { "cache-control": "no-store" }, answer: HOUR },
      { from: "origin" },
    ],
    [
      "Pragma: no-cache counts without Cache-Control",
      { from: "origin", answer: HOUR },
      { from: "origin", headers: { pragma: "no-cache" }, answer: HOUR },
      { from: "cache", headers: { pragma: "no-cache", "cache-control": "max-stale" } },
    ],
  ])
})

describe("stale responses", () => {
  const down = (name: string, from: "cache" | "origin", value: string, step: Partial<Step>): Case => [
    `${name}: ${value}`,
    { from: "origin", answer: control(value), content: "stored" },
    {
      after: 20,
      from: "origin",
      ...step,
      got: from === "cache" ? { content: "stored" } : { status: step.status ?? 502 },
    },
  ]
  const failing = { status: 503, answer: control("no-store") }
  conform([
    down("an error", "cache", "max-age=10, stale-if-error=60", failing),
    down("an error", "origin", "max-age=10, stale-if-error=5", failing),
    down("an error", "origin", "max-age=10, stale-if-error=60, must-revalidate", failing),
    down("an error", "origin", "max-age=10, stale-if-error=60, proxy-revalidate", failing),
    down("an error", "origin", "s-maxage=10, stale-if-error=60", failing),
    down("an error", "origin", "max-age=10", failing),
    down("an error of the client", "origin", "max-age=10, stale-if-error=60", { ...failing, status: 404 }),
    [
      "is not sent beyond the window",
      { from: "origin", answer: control("max-age=10, stale-while-revalidate=5"), content: "old" },
      { after: 20, from: "origin", content: "new", got: { content: "new" } },
    ],
    [
      "is not sent when it must be revalidated",
      {
        from: "origin",
        answer: control("max-age=10, must-revalidate, stale-while-revalidate=60"),
        content: "old",
      },
      { after: 20, from: "origin", content: "new", got: { content: "new" } },
    ],
  ])
})

/** A stored response, and a condition that the cache decides by itself. */
const decides = (name: string, stored: Lines, headers: Step["headers"] & object, status: number): Case => [
  name,
  { from: "origin", answer: stored },
  { from: "cache", headers, got: { status } },
]

describe("If-None-Match", () => {
  const tag = (name: string, etag: string, condition: string, status: number) =>
    decides(name, [...HOUR, ["ETag", etag]], { "if-none-match": condition }, status)
  conform([
    tag("strong and strong", '"abc"', '"abc"', 304),
    tag("another one", '"abc"', '"abd"', 200),
    tag("weak and weak", 'W/"abc"', 'W/"abc"', 304),
    tag("weak and strong", 'W/"abc"', '"abc"', 304),
    tag("strong and weak", '"abc"', 'W/"abc"', 304),
    tag("a small w", 'W/"abc"', 'w/"abc"', 304),
    tag("first of several", '"abc"', '"abc", "d"', 304),
    tag("last of several", '"abc"', '"x", W/"y",   "abc"', 304),
    tag("a comma within", '"a,bc"', '"x", "a,bc"', 304),
    tag("a part of one with a comma", '"a"', '"x,a"', 200),
    tag("without quotes in the request", '"abc"', "abc", 304),
    tag("without quotes in the response", "abc", '"abc"', 304),
    tag("a star", '"abc"', "*", 304),
    tag("letters beyond ASCII", '"abcdefÿ"', '"abcdefÿ"', 304),
    decides(
      "comes before If-Modified-Since",
      [...HOUR, ["ETag", '"a"'], ["Last-Modified", inSeconds(-3000)]],
      { "if-none-match": '"b"', "if-modified-since": inSeconds(-2000) },
      200,
    ),
    [
      "304 has the fields of the response, and no length",
      { from: "origin", answer: [...TAGGED, ["Test-Header", "a"]] },
      {
        from: "cache",
        headers: { "if-none-match": '"a"' },
        got: {
          status: 304,
          headers: {
            etag: '"a"',
            "cache-control": "max-age=3600",
            "content-length": undefined,
            "test-header": "a",
          },
          content: "",
        },
      },
    ],
    [
      "reaches the origin when nothing is stored",
      { from: "validated", headers: { "if-none-match": '"z"' }, seen: { "if-none-match": '"z"' } },
      { from: "origin", answer: HOUR },
    ],
    [
      "of the client gives way to the cache's own, and is decided by the answer",
      { from: "origin", answer: STALE_TAGGED },
      {
        from: "validated",
        headers: { "if-none-match": '"z"' },
        seen: { "if-none-match": '"a"' },
        answer: TAGGED,
        got: { status: 200, content: "answer 1" },
      },
      { from: "cache", headers: { "if-none-match": '"a"' }, got: { status: 304 } },
    ],
    [
      "If-Match is the origin's to decide",
      { from: "origin", answer: TAGGED },
      { from: "origin", headers: { "if-match": '"b"' }, status: 412, got: { status: 412 } },
    ],
  ])
})

describe("If-Modified-Since", () => {
  const since = (name: string, lines: Lines, condition: string, status: number) =>
    decides(name, [...HOUR, ...lines], { "if-modified-since": condition }, status)
  const modified = "Thu, 01 Jan 2026 10:00:00 GMT"
  conform([
    since("the same date", [["Last-Modified", modified]], modified, 304),
    since("a later one", [["Last-Modified", modified]], "Thu, 01 Jan 2026 11:00:00 GMT", 304),
    since("an earlier one", [["Last-Modified", modified]], "Thu, 01 Jan 2026 09:00:00 GMT", 200),
    since("as RFC 850 has it", [["Last-Modified", modified]], "Thursday, 01-Jan-26 10:00:00 GMT", 304),
    since("a date that is none", [["Last-Modified", modified]], "now", 200),
    since("Date instead", [["Date", inSeconds(-60)]], inSeconds(-30), 304),
    [
      "the cache asks with the date it has",
      { from: "origin", answer: [["Age", "9999"], ...HOUR, ["Last-Modified", modified]] },
      { from: "validated", answer: HOUR, seen: { "if-modified-since": modified }, got: { status: 200 } },
    ],
  ])
})

describe("ranges", () => {
  const range = (name: string, headers: Step["headers"] & object, status: number, content: string): Case => [
    name,
    { from: "origin", answer: [...TAGGED, ["Last-Modified", inSeconds(-5000)]], content: "0123456789" },
    { from: "cache", headers, got: { status, content } },
  ]
  conform([
    range("from the start", { range: "bytes=0-1" }, 206, "01"),
    range("to the end", { range: "bytes=8-" }, 206, "89"),
    range("the last bytes", { range: "bytes=-3" }, 206, "789"),
    range("several are answered by the whole", { range: "bytes=0-1,4-5" }, 200, "0123456789"),
    range("of another unit", { range: "lines=0-1" }, 200, "0123456789"),
    range("with the right tag", { range: "bytes=0-1", "if-range": '"a"' }, 206, "01"),
    range("with another tag", { range: "bytes=0-1", "if-range": '"b"' }, 200, "0123456789"),
    range("with a weak tag", { range: "bytes=0-1", "if-range": 'W/"a"' }, 200, "0123456789"),
    range("with another date", { range: "bytes=0-1", "if-range": inSeconds(0) }, 200, "0123456789"),
    [
      "beyond the end",
      { from: "origin", answer: HOUR, content: "0123" },
      {
        from: "cache",
        headers: { range: "bytes=9-" },
        got: { status: 416, headers: { "content-range": "bytes */4" } },
      },
    ],
    [
      "a part is not stored, and is not taken for the whole",
      {
        from: "origin",
        headers: { range: "bytes=0-1" },
        status: 206,
        answer: [...TAGGED, ["Content-Range", "bytes 0-1/10"]],
        content: "01",
      },
      { from: "origin", answer: TAGGED, content: "0123456789", got: { content: "0123456789" } },
    ],
  ])
})
