import type { System } from "@tintype/dev"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"
import { openBrowser, Visitor, WEB_DIR } from "./visitor.ts"

let system: System
let browser: Browser

beforeAll(async () => {
  system = await openSystem({ env: { WEB_DIR } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

test("a member mutes somebody for a while, blocks them, and finds and frees them in the settings", {
  timeout: 120_000,
}, async () => {
  const [anna, piet] = [
    await Member.signUp(system.gatewayUrl, "anna"),
    await Member.signUp(system.gatewayUrl, "piet"),
  ]
  const view = { width: 360, height: 740, colorScheme: "light" } as const
  const reader = await Visitor.arrive(browser, system.gatewayUrl, view)
  const { page } = reader
  await reader.signUp("reader")
  await anna.postPhoto(await aPhoto(900, 600, 3), { status: "Of Anna" })
  await piet.postPhoto(await aPhoto(600, 800, 50), { status: "Of Piet" })
  const feed = page.getByRole("article")
  const goHome = () => page.getByRole("link", { name: "Tintype, home" }).click()
  for (const { username } of [piet, anna]) {
    await page.goto(`/@${username}`)
    await page.getByRole("button", { name: "Follow", exact: true }).click()
    await page.getByRole("button", { name: "Unfollow" }).waitFor()
  }
  const bar = page.getByRole("button", { name: "Mute or block" })
  const dialog = page.getByRole("dialog", { name: `Mute or block @${anna.username}?` })

  // By the keyboard, and nothing is done by looking.
  await bar.focus()
  await page.keyboard.press("Enter")
  await dialog.waitFor()
  await reader.picture("bar-dialog")
  await page.keyboard.press("Escape")
  await dialog.waitFor({ state: "detached" })

  await bar.click()
  await dialog.getByLabel("How long").selectOption("For a week")
  await dialog.getByRole("button", { name: "Mute", exact: true }).click()
  await page.getByText("Muted", { exact: true }).waitFor()
  await page.locator(".tile").first().waitFor()
  await goHome()
  await feed.getByText("Of Piet").waitFor()
  expect(await feed.getByText("Of Anna").count()).toBe(0)
  await page.goto("/explore")
  await feed.getByText("Of Piet").waitFor()
  expect(await feed.getByText("Of Anna").count()).toBe(0)

  await page.goto(`/@${anna.username}`)
  await bar.click()
  await dialog.getByRole("button", { name: "Block", exact: true }).click()
  await page.getByText("You block them").waitFor()
  expect(await page.getByRole("button", { name: "Follow", exact: true }).count()).toBe(0)
  expect(await page.locator(".tile").count()).toBe(0)
  await reader.picture("profile-blocked")

  await page.goto("/settings")
  await page.getByRole("link", { name: "Blocked and muted people" }).click()
  const [blocked, muted] = ["Blocked", "Muted"].map((name) => page.getByRole("region", { name, exact: true }))
  await muted?.getByText("Until").waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide).toBe(0)
  await reader.picture("barred")
  await blocked?.getByRole("button", { name: `Unblock @${anna.username}` }).click()
  await page.getByText("You block nobody.").waitFor()
  await muted?.getByRole("button", { name: `Unmute @${anna.username}` }).click()
  await page.getByText("You mute nobody.").waitFor()

  await page.goto(`/@${anna.username}`)
  await page.getByRole("button", { name: "Follow", exact: true }).click()
  await page.getByRole("button", { name: "Unfollow" }).waitFor()
  await goHome()
  await feed.getByText("Of Anna").waitFor()
  expect(reader.complaints).toEqual([])
  await reader.context.close()
})
