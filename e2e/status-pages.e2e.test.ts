import type { System } from "@tintype/dev"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openSystem } from "./system.ts"
import { openBrowser, Visitor, WEB_DIR } from "./visitor.ts"

let system: System
let browser: Browser
let admin: Visitor

beforeAll(async () => {
  system = await openSystem({ env: { WEB_DIR } })
  browser = await openBrowser()
  const view = { width: 1360, height: 900, colorScheme: "dark" } as const
  admin = await Visitor.arrive(browser, system.gatewayUrl, view)
  await admin.signUp("ada")
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const LIVE = { timeout: 20_000 }

/** The page at both sizes; no page is wider than its screen. */
async function lookAt({ page }: Visitor, name: string): Promise<void> {
  await admin.picture(name)
  await page.setViewportSize({ width: 360, height: 740 })
  await admin.picture(`${name}-small`)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
  await page.setViewportSize({ width: 1360, height: 900 })
}

test("an admin sees the gateway live: its replicas, their state and load, its cache and limits", async () => {
  const { page } = admin
  await page.getByRole("link", { name: "Jobs" }).click()
  await page.getByRole("link", { name: "Gateway" }).click()
  const replica = page.getByRole("table", { name: "Replicas" }).getByRole("row").nth(1)
  await expect.poll(() => replica.textContent(), LIVE).toMatch(/127\.0\.0\.1:\d+(ready|warming up).*2xx \d/)
  const requests = page.locator(".figure", { hasText: "requests" }).first()
  const before = await requests.textContent()
  await expect.poll(() => requests.textContent(), LIVE).not.toBe(before)
  await page.getByText("counted together").waitFor()
  await lookAt(admin, "status-gateway")
  expect(admin.complaints).toEqual([])
})

test("an admin sees the cache live: what every process found, filled and compared", async () => {
  const { page } = admin
  await page.goto("/admin/cache")
  const row = (service: string) =>
    page.getByRole("table", { name: "Processes" }).getByRole("row").filter({ hasText: service })
  for (const service of ["api", "worker"]) {
    await expect.poll(() => row(service).first().textContent(), LIVE).toMatch(/ on .*in use/)
  }
  const hits = page.locator(".figure", { hasText: "hits in the process" }).locator("dd")
  await expect.poll(async () => Number(await hits.textContent()), LIVE).toBeGreaterThan(0)
  await lookAt(admin, "status-cache")
  expect(admin.complaints).toEqual([])
})

test("members see none of it", async () => {
  const view = { width: 1280, height: 900, colorScheme: "light" } as const
  const member = await Visitor.arrive(browser, system.gatewayUrl, view)
  await member.signUp("ben")
  for (const what of ["gateway", "cache"]) {
    const refused = await member.context.request.get(`/api/tintype/v1/admin/${what}`)
    expect(refused.status()).toBe(403)
    expect(await refused.text()).not.toContain("pid")
    await member.page.goto(`/admin/${what}`)
    await member.page.getByText("Nothing on this plate").waitFor()
  }
  expect(member.complaints).toEqual([])
  await member.context.close()
})
