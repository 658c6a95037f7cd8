import { type Id, parseId } from "@tintype/db"
import { describe, expect, test } from "vitest"
import { decodeEntry, encodeEntry, lowerBound, upperBound } from "./home-entry.ts"

const idOf = <Kind extends string>(text: string): Id<Kind> => {
  const id = parseId<Kind>(text)
  if (!id) throw new Error(`${text} is no id`)
  return id
}
const owner = idOf<"account">("9223372036854775807")
const IDS = ["1", "9", "10", "63", "64", "4095", "4096", "99999999999999999", "100000000000000000"]
  .concat(["123456789012345678", "123456789012345679", "9223372036854775806", "9223372036854775807"])
  .map((text) => idOf<"post">(text))

describe("an entry of a warm timeline", () => {
  test("comes back as it was", () => {
    for (const id of IDS)
      expect(decodeEntry(encodeEntry({ id, ownerId: owner }))).toEqual({ id, ownerId: owner })
    const small = { id: idOf<"post">("1"), ownerId: idOf<"account">("3") }
    expect(decodeEntry(encodeEntry(small))).toEqual(small)
    expect(decodeEntry("made up")).toBeNull()
    expect(decodeEntry("")).toBeNull()
  })

  test("sorts as its post does, whoever wrote it, in 21 characters", () => {
    const entries = IDS.map((id, index) => encodeEntry({ id, ownerId: idOf(String(100 - index)) }))
    expect(entries.toSorted()).toEqual(entries)
    expect(new Set(entries.map((entry) => entry.length))).toEqual(new Set([21]))
  })

  test("lies between the bounds of its post, and no other entry does", () => {
    for (const [index, id] of IDS.entries()) {
      const entry = encodeEntry({ id, ownerId: owner })
      expect(lowerBound(id) < entry && entry < upperBound(id)).toBe(true)
      const older = IDS[index - 1]
      if (older) expect(encodeEntry({ id: older, ownerId: owner }) < lowerBound(id)).toBe(true)
    }
  })
})
