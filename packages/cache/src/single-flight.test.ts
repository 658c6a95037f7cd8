import { describe, expect, test, vi } from "vitest"
import { createSingleFlight } from "./single-flight.ts"
import { noteEntry } from "./testing/notes.ts"
import { Loaded } from "./versioned.ts"

const key = noteEntry.key(1)
const other = noteEntry.key(2)

/** A load that ends when it is told to, with the number of its call as the row's version. */
function heldLoads() {
  const calls: PromiseWithResolvers<void>[] = []
  const load = vi.fn(async () => {
    const call = Promise.withResolvers<void>()
    calls.push(call)
    const version = calls.length
    await call.promise
    return new Loaded().set(key, { version, value: null }).set(other, { version, value: null })
  })
  return { load, finish: (call: number) => calls[call]?.resolve() }
}

const versionOf = (loaded: Map<string, Loaded>) => loaded.get(key.key)?.row(key).version

describe("a single flight", () => {
  test("is shared by those who ask before it starts, not by those who come while it runs", async () => {
    const flight = createSingleFlight(10, 10)
    const { load, finish } = heldLoads()
    const early = [flight.load([key], load), flight.load([key], load)]
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1))
    const late = [flight.load([key], load), flight.load([key, other], load)]
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2))
    expect(load.mock.calls.at(1)).toEqual([[other]])
    finish(0)
    expect((await Promise.all(early)).map(versionOf)).toEqual([1, 1])
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(3))
    finish(1)
    finish(2)
    expect((await Promise.all(late)).map(versionOf)).toEqual([3, 3])
  })

  test("that fails fails those who share it and nobody after them", async () => {
    const flight = createSingleFlight(1, 10)
    const failing = () => Promise.reject(new Error("no database"))
    const shared = [flight.load([key], failing), flight.load([key], failing)]
    for (const { status } of await Promise.allSettled(shared)) expect(status).toBe("rejected")
    const again = await flight.load([key], async () => new Loaded().set(key, { version: 7, value: null }))
    expect(versionOf(again)).toBe(7)
  })
})
