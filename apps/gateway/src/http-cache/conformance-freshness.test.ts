import { describe } from "vitest"
import { type Case, conform, inSeconds, type Lines, type Step } from "../testing/conformance.ts"

/** Stored as the first answer says, or not; asked for again right away. */
const once = (name: string, from: "origin" | "cache", ...answer: Lines): Case => [
  name,
  { from: "origin", answer },
  { from, answer },
]
const cacheControl = (...values: string[]): Lines => values.map((each) => ["Cache-Control", each] as const)
const again = (after: number, from: Step["from"]): Step => ({ after, from })

describe("lifetime", () => {
  conform([
    once("none", "origin"),
    once("max-age", "cache", ["Cache-Control", "max-age=3600"]),
    ["max-age that has passed", { from: "origin", answer: cacheControl("max-age=10") }, again(11, "origin")],
    ["max-age that has not", { from: "origin", answer: cacheControl("max-age=10") }, again(8, "cache")],
    once("max-age=0", "origin", ["Cache-Control", "max-age=0"]),
    once("max-age beside unknown directives", "cache", ["Cache-Control", "foo, max-age=3600, bar=baz"]),
    once("s-maxage", "cache", ["Cache-Control", "s-maxage=3600"]),
    once("s-maxage longer than max-age", "cache", ["Cache-Control", "max-age=0, s-maxage=3600"]),
    once("s-maxage shorter than max-age", "origin", ["Cache-Control", "s-maxage=0, max-age=3600"]),
    once("s-maxage on a line of its own", "cache", ...cacheControl("max-age=0", "s-maxage=3600")),
    once("s-maxage over Expires", "origin", ["Cache-Control", "s-maxage=0"], ["Expires", inSeconds(3600)]),
    once("max-age over Expires", "cache", ["Cache-Control", "max-age=3600"], ["Expires", inSeconds(-3600)]),
    once("max-age=0 over Expires", "origin", ["Cache-Control", "max-age=0"], ["Expires", inSeconds(3600)]),
    once("of seconds beyond 2^31", "cache", ["Cache-Control", "max-age=2147483649"]),
    once("of more digits than a number has", "cache", ["Cache-Control", `max-age=${"9".repeat(60)}`]),
    once("of letters", "origin", ["Cache-Control", "max-age=a100"]),
    once("of digits and a letter", "origin", ["Cache-Control", "max-age=3600a"]),
    once("below zero", "origin", ["Cache-Control", "max-age=-3600"]),
    once("with a fraction", "origin", ["Cache-Control", "max-age=3600.5"]),
    once("within quotes", "cache", ["Cache-Control", 'max-age="3600"']),
    once("within single quotes", "origin", ["Cache-Control", "max-age='3600'"]),
    once("behind a space", "origin", ["Cache-Control", "max-age= 3600"]),
    once("before a space", "origin", ["Cache-Control", "max-age =3600"]),
    once("in capitals", "cache", ["Cache-Control", "MAX-AGE=3600"]),
    once("with a leading zero", "cache", ["Cache-Control", "max-age=03600"]),
    once("twice, alike", "cache", ["Cache-Control", "max-age=3600, max-age=3600"]),
    once("twice, differing, on one line", "origin", ["Cache-Control", "max-age=3600, max-age=7200"]),
    once("twice, differing, on two lines", "origin", ...cacheControl("max-age=7200", "max-age=3600")),
    once("hidden in a quoted string", "origin", ["Cache-Control", 'ext="max-age=3600"']),
    once("hidden before the real one", "origin", ["Cache-Control", 'ext="max-age=3600", max-age=0']),
    once("hidden behind the real one", "cache", ["Cache-Control", 'max-age=3600, ext="a, max-age=0, b"']),
    once("hidden behind an escaped quote", "cache", ["Cache-Control", 'ext="\\", max-age=0", max-age=3600']),
    once("behind a quote that is not closed", "origin", ["Cache-Control", 'max-age=3600, ext="']),
    once("among empty members", "cache", ["Cache-Control", ",, max-age=3600 ,"]),
  ])
})

describe("Expires", () => {
  const expires = (name: string, from: "origin" | "cache", value: string) =>
    once(name, from, ["Expires", value])
  conform([
    expires("to come", "cache", inSeconds(3600)),
    expires("passed", "origin", inSeconds(-3600)),
    once("now", "origin", ["Date", inSeconds(0)], ["Expires", inSeconds(0)]),
    expires("0", "origin", "0"),
    once("with Age", "origin", ["Expires", inSeconds(100)], ["Age", "200"]),
    once("by a clock behind", "origin", ["Date", inSeconds(-3600)], ["Expires", inSeconds(-10)]),
    once("by a clock ahead", "cache", ["Date", inSeconds(3600)], ["Expires", inSeconds(3700)]),
    expires("as RFC 850 has it", "cache", "Tuesday, 18-Aug-65 02:01:18 GMT"),
    expires("as asctime has it", "cache", "Thu Aug 18 02:01:18 2050"),
    expires("as asctime has it, a day of one digit", "cache", "Mon Aug  8 02:01:18 2050"),
    expires("with the weekday in capitals", "cache", "THU, 18 Aug 2050 02:01:18 GMT"),
    expires("with the month in capitals", "cache", "Thu, 18 AUG 2050 02:01:18 GMT"),
    expires("with a small zone", "cache", "Thu, 18 Aug 2050 02:01:18 gMT"),
    expires("in UTC", "origin", "Thu, 18 Aug 2050 02:01:18 UTC"),
    expires("in another zone", "origin", "Thu, 18 Aug 2050 02:01:18 AEST"),
    expires("with an offset", "origin", "Thu, 18 Aug 2050 02:01:18 +0000"),
    expires("with a year of two digits", "origin", "Thu, 18 Aug 50 02:01:18 GMT"),
    expires("with dashes", "origin", "Thu, 18-Aug-2050 02:01:18 GMT"),
    expires("with periods in the time", "origin", "Thu, 18 Aug 2050 02.01.18 GMT"),
    expires("with an hour of one digit", "origin", "Thu, 18 Aug 2050 2:01:18 GMT"),
    expires("with spaces doubled", "origin", "Thu, 18  Aug 2050 02:01:18 GMT"),
    expires("without a comma", "origin", "Thu 18 Aug 2050 02:01:18 GMT"),
    expires("on a day that is none", "origin", "Thu, 31 Feb 2050 02:01:18 GMT"),
    once("twice, differing", "origin", ["Expires", inSeconds(3600)], ["Expires", inSeconds(7200)]),
  ])
})

describe("Age", () => {
  const age = (name: string, from: "origin" | "cache", ...values: string[]) =>
    once(name, from, ["Cache-Control", "max-age=3600"], ...values.map((each) => ["Age", each] as const))
  conform([
    age("over max-age", "origin", "7200"),
    age("under max-age", "cache", "1800"),
    age("beyond 2^31", "origin", "2147483649"),
    age("that is no number is ignored", "cache", "abc"),
    age("below zero is ignored", "cache", "-7200"),
    age("with a fraction is ignored", "cache", "7200.0"),
    age("with a letter behind is ignored", "cache", "7200a"),
    age("with a parameter is ignored", "cache", "7200;foo=bar"),
    age("as a list counts by its first member", "cache", "0, 7200"),
    age("as a list that begins with the greater", "origin", "7200, 0"),
    age("on two lines counts by the first", "cache", "0", "7200"),
    [
      "is sent, and counts the time spent here",
      {
        from: "origin",
        answer: [
          ["Cache-Control", "max-age=3600"],
          ["Age", "10"],
        ],
      },
      { after: 20, from: "cache", got: { headers: { age: "30" } } },
    ],
    once("is guessed by Date", "origin", ["Cache-Control", "max-age=3600"], ["Date", inSeconds(-7200)]),
  ])
})

describe("the heuristic", () => {
  const modified = (status: number, from: "origin" | "cache", ...lines: Lines): Case => {
    const answer: Lines = [["Last-Modified", inSeconds(-100_000)], ...lines]
    return [`for ${status} ${lines}`, { status, from: "origin", answer }, { status, from, answer }]
  }
  const cached = [200, 203, 204, 404, 405, 410, 414, 501].map((status) => modified(status, "cache"))
  const passed = [201, 202, 403, 502, 503, 504, 599].map((status) => modified(status, "origin"))
  conform([
    ...cached,
    ...passed,
    modified(599, "cache", ["Cache-Control", "public"]),
    [
      "is a tenth of the time since the last change",
      { from: "origin", answer: [["Last-Modified", inSeconds(-1000)]] },
      { after: 90, from: "cache" },
      { after: 20, from: "validated" },
    ],
    once("is none for what changes in the future", "origin", ["Last-Modified", inSeconds(1000)]),
    once("is none for a date that is none", "origin", ["Last-Modified", "yesterday"]),
  ])
})

describe("CDN-Cache-Control", () => {
  const both = (name: string, from: "origin" | "cache", targeted: string, control: string, ...more: Lines) =>
    once(name, from, ["CDN-Cache-Control", targeted], ["Cache-Control", control], ...more)
  conform([
    both("is followed, not Cache-Control", "cache", "max-age=3600", "no-store"),
    both("is followed where it forbids", "origin", "no-store", "max-age=3600"),
    both("leaves Expires without a say", "origin", "max-age=0", "public", ["Expires", inSeconds(3600)]),
    both("knows private", "origin", "private", "max-age=3600"),
    both("may have parameters", "cache", "max-age=3600;foo=bar, ext;a=1", "no-store"),
    both("is ignored when it is empty", "cache", "", "max-age=3600"),
    both("is ignored when it cannot be parsed", "origin", "max-age=3600,,", "no-store"),
    both("is ignored when a value is no item", "origin", "max-age=&, foo", "no-store"),
    both("ignores a member of the wrong type", "origin", 'public, max-age="3600"', "max-age=3600"),
    both("takes the last of two", "cache", "max-age=0, max-age=3600", "no-store"),
    [
      "is for the gateway alone",
      {
        from: "origin",
        answer: [
          ["CDN-Cache-Control", "max-age=3600"],
          ["Cache-Control", "no-cache"],
        ],
        got: { headers: { "cdn-cache-control": undefined, "cache-control": "no-cache" } },
      },
      {
        from: "cache",
        got: { headers: { "cdn-cache-control": undefined, "cache-control": "no-cache" } },
      },
    ],
  ])
})
