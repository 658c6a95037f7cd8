import type { System } from "@tintype/dev"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
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
  // What is kept in a process is used only by requests that follow each other closely, or come together.
  const hitsOfBusyProcess = async () => {
    for (let time = 0; time < 10; time++) await admin.context.request.get("/api/v1/timelines/home")
    return Number(await hits.textContent())
  }
  await expect.poll(hitsOfBusyProcess, LIVE).toBeGreaterThan(0)
  await lookAt(admin, "status-cache")
  expect(admin.complaints).toEqual([])
})

test("an admin is told why a post is on a member's home timeline or is not, and sees the warm list compared", async () => {
  const [anna, carla] = [
    await Member.signUp(system.gatewayUrl, "anna"),
    await Member.signUp(system.gatewayUrl, "carla"),
  ]
  await carla.follow(anna)
  const post = await anna.postPhoto(await aPhoto(), { visibility: "private" })
  expect(await carla.homeIds()).toEqual([post.id])
  const { page } = admin
  await page.goto("/admin/gateway")
  await page.getByRole("link", { name: "Timelines" }).click()
  await page.getByLabel("Member").fill(carla.username)
  await page.getByLabel("Post").fill(post.url)
  await page.getByRole("button", { name: "Look" }).click()
  await page.getByText(`belongs on the home timeline of @${carla.username}`).waitFor()
  await page.getByText(`The member follows @${anna.username}.`).waitFor()
  await page.getByText("It is private: the member may see it.").waitFor()
  await page.getByText("The warm list is in use.").waitFor()
  await expect.poll(() => page.getByText("The warm list has it.").count(), LIVE).toBe(1)
  await lookAt(admin, "status-timelines")
  await carla.post(`/api/v1/accounts/${anna.id}/unfollow`)
  await page.getByText(`The member does not follow @${anna.username}.`).waitFor(LIVE)
  await page.getByText("does not belong on the home timeline").waitFor()
  await page.getByText("The warm list is older than").first().waitFor()
  await lookAt(admin, "status-timelines-not")
  await page.getByLabel("Member").fill("nobody_at_all")
  await page.keyboard.press("Enter")
  await page.getByText("Record not found").first().waitFor()
  expect(admin.complaints.filter((text) => !text.includes("404"))).toEqual([])
  admin.complaints.length = 0
})

test("members see none of it", async () => {
  const view = { width: 1280, height: 900, colorScheme: "light" } as const
  const member = await Visitor.arrive(browser, system.gatewayUrl, view)
  await member.signUp("ben")
  for (const what of ["gateway", "cache", "timelines"]) {
    const path = what === "timelines" ? "timelines/home/verify?account=ada" : what
    const refused = await member.context.request.get(`/api/tintype/v1/admin/${path}`)
    expect(refused.status()).toBe(403)
    expect(await refused.text()).not.toContain("pid")
    await member.page.goto(`/admin/${what}`)
    await member.page.getByText("Nothing on this plate").waitFor()
  }
  expect(member.complaints).toEqual([])
  await member.context.close()
})
