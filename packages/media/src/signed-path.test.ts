import { describe, expect, test } from "vitest"
import { signPath, verifyPath } from "./signed-path.ts"

const SECRET = "a secret of more than thirty-two characters"
const NOW = 1_800_000_000
const ORIGINAL = `originals/11/22/${"ab".repeat(32)}`

const opens = (path: string, now = NOW, secret = SECRET) => verifyPath(secret, path, now)

describe("a signed path", () => {
  test("opens every file of its directory", () => {
    const base = signPath(SECRET, "11/22/1", "public")
    expect(opens(`${base}/640.jpg`)).toEqual({ key: "11/22/1/640.jpg", expiresAt: undefined })
    expect(opens(`${base}/animation.webp`)?.key).toBe("11/22/1/animation.webp")
  })

  test("opens until it expires", () => {
    const path = `${signPath(SECRET, "11/22/1", NOW + 60)}/640.jpg`
    expect(opens(path)).toEqual({ key: "11/22/1/640.jpg", expiresAt: NOW + 60 })
    expect(opens(path, NOW + 60)).toBeUndefined()
  })

  test("of an original opens that one alone, and never for ever", () => {
    expect(opens(signPath(SECRET, ORIGINAL, NOW + 60))?.key).toBe(ORIGINAL)
    expect(opens(signPath(SECRET, ORIGINAL, "public"))).toBeUndefined()
  })

  test("of an archive opens that one alone, and never for ever", () => {
    const archive = "exports/11/22/3/archive.zip"
    expect(opens(signPath(SECRET, archive, NOW + 60))?.key).toBe(archive)
    expect(opens(signPath(SECRET, archive, NOW + 60).replace("/3/", "/4/"))).toBeUndefined()
    expect(opens(signPath(SECRET, archive, "public"))).toBeUndefined()
    expect(opens(signPath(SECRET, "exports/11/22/parts/0.json", NOW + 60))).toBeUndefined()
  })

  test("opens nothing under another secret", () => {
    expect(opens(`${signPath("other".repeat(8), "11/22/1", "public")}/640.jpg`)).toBeUndefined()
  })
})

const good = `${signPath(SECRET, "11/22/1", NOW + 60)}/640.jpg`

test.for([
  ["another directory", good.replace("/22/", "/23/")],
  ["another attempt", good.replace("/1/640", "/2/640")],
  ["a later expiry", good.replace(String(NOW + 60), String(NOW + 61))],
  ["public instead of an expiry", good.replace(String(NOW + 60), "public")],
  ["a changed signature", good.replace(/\/[A-Za-z0-9_-]{22}\//, (each) => each.replace(/.\/$/, "~/"))],
  ["a shorter signature", good.replace(/\/([A-Za-z0-9_-]{22})\//, (_, each: string) => `/${each.slice(1)}/`)],
  ["dot segments", good.replace("640.jpg", "../1/640.jpg")],
  ["an encoded slash", good.replace("/640.jpg", "%2f640.jpg")],
  ["a second slash", good.replace("/640.jpg", "//640.jpg")],
  ["a query", `${good}?x`],
  ["capital letters", good.replace("640.jpg", "640.JPG")],
  ["a leading zero", good.replace("/11/", "/011/")],
  ["a line break", `${good}\n`],
  ["nothing", ""],
] as const)("%s opens nothing", ([, path]) => {
  expect(opens(path)).toBeUndefined()
})
