import { createLogger } from "@tintype/observe"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { createCircuit } from "./circuit.ts"

const log = createLogger("test", "silent")
const gone = new Error("gone")

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe("a circuit", () => {
  test("opens after failures in a row only", () => {
    const circuit = createCircuit({
      log,
      failures: 3,
      probeMs: 10,
      settleMs: 10,
      probe: () => Promise.reject(gone),
    })
    for (const step of ["failed", "failed", "succeeded", "failed", "failed"] as const) circuit[step](gone)
    expect(circuit.state).toBe("closed")
    circuit.failed(gone)
    expect(circuit.state).toBe("open")
    circuit.stop()
  })

  test("settles before it closes, and opens again when Redis goes meanwhile", async () => {
    const probe = vi.fn(() => Promise.reject(gone)).mockRejectedValueOnce(gone)
    const answers = vi.fn((): Promise<unknown> => probe())
    const circuit = createCircuit({ log, failures: 1, probeMs: 100, settleMs: 500, probe: answers })
    circuit.trip(gone)
    await vi.advanceTimersByTimeAsync(250)
    expect([circuit.state, answers.mock.calls.length]).toEqual(["open", 2])
    answers.mockResolvedValue("PONG")
    await vi.advanceTimersByTimeAsync(100)
    expect(circuit.state).toBe("settling")
    circuit.failed(gone)
    expect(circuit.state).toBe("open")
    await vi.advanceTimersByTimeAsync(500)
    expect(circuit.state).toBe("settling")
    await vi.advanceTimersByTimeAsync(200)
    expect(circuit.state).toBe("closed")
    expect(vi.getTimerCount()).toBe(0)
  })
})
