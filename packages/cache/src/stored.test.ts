import { describe, expect, test } from "vitest"
import { decode, encode, UNKEPT } from "./stored.ts"
import { noteEntry } from "./testing/notes.ts"

const { policy } = noteEntry.key(1)

describe("a stored value", () => {
  test("comes back as it was put", () => {
    for (const value of [null, { text: "Grüße 📷\n:" }, [1, "2"], "", "!", 0, false]) {
      const { version, text } = encode(policy, { version: 2 ** 53 - 1, value }, 12.3)
      const stored = `${version}:1790000000000:${text}`
      expect(decode(stored)).toEqual({
        version: 2 ** 53 - 1,
        dueAt: 1790000000000,
        costMs: 12,
        value,
        characters: stored.length,
      })
    }
  })

  test("is nothing when it was not written by us", () => {
    const odd = [
      null,
      undefined,
      7,
      "",
      "1",
      "1:",
      "1:null",
      "a:0:0:1",
      "1:0:0:",
      "1:0:0:{",
      "1::0:null",
      "1:0:-1:null",
      "1:0: 1:null",
      "1:0:12345678901234567:null",
      "9007199254740992:0:0:null",
      "granted",
      "held",
    ]
    for (const each of odd) expect(decode(each)).toBeUndefined()
  })

  test("that is too large says only that, and not for long", () => {
    const large = { version: 3, value: { text: "x".repeat(policy.maxBytes) } }
    const { text, unkept, lifeMs, softMs } = encode(policy, large, 0)
    expect({ text, unkept, softMs }).toEqual({ text: "0:!", unkept: true, softMs: 0 })
    expect(lifeMs).toBeLessThan(1.2 * policy.absentTtlSeconds * 1000)
    expect(decode(`3:0:${text}`)?.value).toBe(UNKEPT)
  })
})
