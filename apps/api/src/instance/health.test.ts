import { expect, test, vi } from "vitest"
import { Health } from "./health.ts"

const here = { check: async () => undefined }
const away = { check: () => Promise.reject(new Error("connect ECONNREFUSED db.internal:5432")) }
const silent = { check: () => new Promise<void>(() => undefined) }

test("ready when every part is there", async () => {
  const health = new Health({ database: here, cache: { ...here, optional: true } })
  const report = await health.report()
  expect(report).toEqual({ status: "ok", parts: { database: { status: "ok" }, cache: { status: "ok" } } })
  expect(health.isReady(report)).toBe(true)
})

test("without what is optional it is degraded, and ready", async () => {
  const health = new Health({ database: here, cache: { ...away, optional: true } })
  const report = await health.report()
  expect(report.status).toBe("degraded")
  expect(health.isReady(report)).toBe(true)
})

test("without what it needs it is not ready, and names the part but nothing of the error", async () => {
  const health = new Health({ database: away, cache: { ...away, optional: true } })
  const report = await health.report()
  expect(report.status).toBe("unavailable")
  expect(health.isReady(report)).toBe(false)
  expect(report.parts.database).toEqual({ status: "down", error: "not there" })
  expect(JSON.stringify(report)).not.toContain("internal")
})

test("a part that does not answer counts as down after a second", async () => {
  const { parts } = await new Health({ database: silent }).report()
  expect(parts.database?.error).toBe("no answer within 1000 ms")
})

test("draining is told, and is not ready", async () => {
  const health = new Health({ database: here })
  health.draining = true
  const report = await health.report()
  expect(report.status).toBe("draining")
  expect(health.isReady(report)).toBe(false)
})

test("however many ask at once, each part is asked once", async () => {
  const check = vi.fn(async () => undefined)
  const health = new Health({ database: { check } })
  await Promise.all([health.report(), health.report(), health.report()])
  expect(check).toHaveBeenCalledTimes(1)
  await health.report()
  expect(check).toHaveBeenCalledTimes(2)
})
