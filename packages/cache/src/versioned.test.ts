import { describe, expect, test } from "vitest"
import { noteEntry } from "./testing/notes.ts"
import { Found, Loaded } from "./versioned.ts"

describe("what was found", () => {
  test("tells a known absence from what nobody asked for", () => {
    const found = new Found()
    found.add(noteEntry.key(1), new Loaded().row(noteEntry.key(1)).value)
    expect(found.get(noteEntry.key(1))).toBeNull()
    expect(() => found.get(noteEntry.key(2))).toThrow(RangeError)
  })
})
