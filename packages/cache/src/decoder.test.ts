import { describe, expect, test } from "vitest"
import { createDecoder } from "./decoder.ts"

const textOf = (version: number, letter: string) =>
  `${version}:0:0:${JSON.stringify({ text: letter.repeat(200), list: [{ inner: letter }] })}`

describe("a decoder", () => {
  test("gives the same object for the same text, and one of its own for another text", () => {
    const decode = createDecoder(10_000)
    const first = decode("key", textOf(1, "a"))
    expect(decode("key", textOf(1, "a"))).toBe(first)
    expect(decode("key", textOf(2, "b"))).toMatchObject({ version: 2, value: { list: [{ inner: "b" }] } })
    expect(decode("key", textOf(1, "a"))).toEqual(first)
    expect(decode("other", textOf(1, "a"))).not.toBe(first)
  })

  test("lets nobody change what it shares", () => {
    const decode = createDecoder(10_000)
    const value = decode("key", textOf(1, "a"))?.value as { text: string; list: { inner: string }[] }
    expect(() => value.list.push({ inner: "more" })).toThrow(TypeError)
    expect(() => Object.assign(value.list[0] ?? {}, { inner: "other" })).toThrow(TypeError)
  })

  test("shares short values too, as many as there may be of them", () => {
    const decode = createDecoder(10_000)
    const first = decode("key", '1:0:0:{"home":true}')?.value
    expect(decode("other", '7:5:3:{"home":true}')).toMatchObject({ version: 7, dueAt: 5, costMs: 3 })
    expect(decode("other", '7:5:3:{"home":true}')?.value).toBe(first)
    expect(() => Object.assign(first ?? {}, { home: false })).toThrow(TypeError)
    for (let other = 0; other < 100; other++) {
      expect(decode("key", `1:0:0:{"n":${other}}`)?.value).toEqual({ n: other })
      expect(decode("key", "1:0:0:null")?.value).toBeNull()
    }
  })

  test("forgets what nobody asks for, and keeps what is asked for again and again", () => {
    const decode = createDecoder(4_000)
    const lonely = decode("lonely", textOf(1, "a"))
    const popular = decode("popular", textOf(1, "b"))
    for (let other = 0; other < 40; other++) {
      decode(`other ${other}`, textOf(1, "c"))
      expect(decode("popular", textOf(1, "b"))).toBe(popular)
    }
    expect(decode("lonely", textOf(1, "a"))).not.toBe(lonely)
  })

  test("does not remember what is larger than all it may keep, nor what is no value", () => {
    const decode = createDecoder(100)
    const large = decode("key", textOf(1, "a"))
    expect(decode("key", textOf(1, "a"))).toEqual(large)
    expect(decode("key", textOf(1, "a"))).not.toBe(large)
    for (const text of [null, undefined, 7, "x".repeat(200)]) expect(decode("key", text)).toBeUndefined()
  })
})
