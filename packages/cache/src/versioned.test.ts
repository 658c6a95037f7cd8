import { describe, expect, test } from "vitest"
import { noteEntry } from "./testing/notes.ts"
import { decode, encode, Found, Loaded } from "./versioned.ts"

describe("a stored value", () => {
  test("comes back as it was put", () => {
    for (const value of [null, { text: "Grüße 📷\n:" }, [1, "2"], "", 0, false]) {
      const row = { version: 2 ** 53 - 1, value }
      expect(decode(encode(row))).toEqual(row)
    }
  })

  test("is nothing when it was not written by us", () => {
    for (const odd of [null, undefined, 7, "", "1", "1:", "a:1", "1:{", "granted", "held"]) {
      expect(decode(odd)).toBeUndefined()
    }
  })
})

describe("what was found", () => {
  test("tells a known absence from what nobody asked for", () => {
    const found = new Found()
    found.add(noteEntry.key(1), new Loaded().row(noteEntry.key(1)))
    expect(found.get(noteEntry.key(1))).toBeNull()
    expect(() => found.get(noteEntry.key(2))).toThrow(RangeError)
  })
})
