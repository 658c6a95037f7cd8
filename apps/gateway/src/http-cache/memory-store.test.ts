import { describe, expect, test } from "vitest"
import { SYSTEM_CLOCK } from "./clock.ts"
import { MemoryStore } from "./memory-store.ts"
import { type StoredResponse, storedHead, storedResponse } from "./stored-response.ts"
import type { Variant } from "./vary.ts"

const KIB = 1024

function response(key: string, bytes: number, surrogateKey = "", variant: Variant = []): StoredResponse {
  const headers = { "cache-control": "max-age=60", "surrogate-key": surrogateKey }
  const timing = { requestedAt: 0, receivedAt: 0 }
  const head = storedHead({ key, variant, status: 200, headers, timing, clock: SYSTEM_CLOCK })
  return storedResponse(head, Buffer.allocUnsafeSlow(bytes))
}

describe("the memory store", () => {
  test("drops what was not used for the longest time, and never holds more than its bound", () => {
    const store = new MemoryStore(100 * KIB)
    const all = Array.from({ length: 8 }, (_, i) => response(`key ${i}`, 20 * KIB))
    for (const each of all) {
      store.put(each)
      const [first] = store.find("key 0")
      if (first) store.touch(first)
      expect(store.bytes).toBeLessThanOrEqual(100 * KIB)
    }
    expect(all.map((each) => store.find(each.key).length)).toEqual([1, 0, 0, 0, 0, 1, 1, 1])
  })

  test("counts what it holds down to nothing", () => {
    const store = new MemoryStore(100 * KIB)
    for (let i = 0; i < 1000; i++) {
      store.put(response(`key ${i % 7}`, (i % 5) * KIB, `a${i % 3} b`, [["foo", String(i % 4)]]))
    }
    expect(store.bytes).toBeGreaterThan(0)
    for (let i = 0; i < 7; i++) store.deleteKey(`key ${i}`)
    expect(store.bytes).toBe(0)
    expect(store.named("b")).toEqual([])
  })

  test("keeps one response for the same requests, and few variants of one key", () => {
    const store = new MemoryStore(1000 * KIB)
    const [old, young] = [response("key", 1), response("key", 2)]
    store.put(old)
    store.put(young)
    expect(store.find("key")).toEqual([young])
    for (let i = 0; i < 100; i++) store.put(response("key", 1, "", [["foo", String(i)]]))
    expect(store.find("key")).toHaveLength(32)
    expect(store.find("key")[0]?.variant).toEqual([["foo", "99"]])
  })

  test("keeps nothing larger than itself", () => {
    const store = new MemoryStore(10 * KIB)
    store.put(response("small", KIB))
    store.put(response("large", 11 * KIB))
    expect([store.find("small").length, store.find("large").length]).toEqual([1, 0])
  })
})
