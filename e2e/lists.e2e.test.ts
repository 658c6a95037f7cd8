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

/** No page is wider than its screen. */
async function expectToFit({ page }: Visitor): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([page.url(), wide]).toEqual([page.url(), 0])
}

test("a member keeps people on a list of their own, reads it live and away from home, and lets it go", {
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

  await page.goto("/lists")
  await page.getByText("No lists yet").waitFor()
  await reader.picture("lists-empty")
  await page.getByLabel("Title").fill("  ")
  await page.getByRole("button", { name: "Make the list" }).click()
  await page.getByText("can't be blank").waitFor()
  await page.getByLabel("Title").fill("The <b>coast</b> & its long, long walks along the water")
  await page.getByRole("button", { name: "Make the list" }).click()
  const card = page.getByRole("link", { name: "The <b>coast</b>" })
  await card.waitFor()
  await expectToFit(reader)
  await reader.picture("lists")

  for (const { username } of [piet, anna]) {
    await page.goto(`/@${username}`)
    await page.getByRole("button", { name: "Follow", exact: true }).click()
    await page.getByRole("button", { name: "Unfollow" }).waitFor()
  }
  // By the keyboard alone.
  await page.getByRole("button", { name: "Lists" }).focus()
  await page.keyboard.press("Enter")
  const dialog = page.getByRole("dialog", { name: `Lists with @${anna.username}` })
  const place = dialog.getByRole("checkbox", { name: "The <b>coast</b>" })
  await place.focus()
  await page.keyboard.press("Space")
  await expect.poll(async () => (await place.isChecked()) && (await place.isEnabled())).toBe(true)
  await reader.picture("lists-dialog")
  await page.keyboard.press("Escape")
  await dialog.waitFor({ state: "detached" })

  await page.goto("/lists")
  await card.click()
  const feed = page.getByRole("article")
  await feed.getByText("Of Anna").waitFor()
  expect(await feed.count()).toBe(1)
  await expectToFit(reader)
  await reader.picture("list-feed")
  // The stream may still be opening; each post after that is told of.
  await expect
    .poll(
      async () => {
        await anna.postPhoto(await aPhoto(400, 300, 7), { status: "Anna, live" })
        return page.getByRole("button", { name: /new photograph/ }).count()
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(1)
  await page.getByRole("button", { name: /new photograph/ }).click()
  await feed.getByText("Anna, live").first().waitFor()

  await page.getByRole("link", { name: "People and title" }).click()
  await page.getByLabel("Title").fill("Coast")
  await page.getByLabel("Only here").check()
  await page.getByRole("button", { name: "Save" }).click()
  await page.getByRole("heading", { name: "Coast" }).waitFor()
  await page.getByRole("link", { name: `@${anna.username}` }).waitFor()
  await expectToFit(reader)
  await reader.picture("list-edit")
  await page.getByRole("link", { name: "Tintype, home" }).click()
  await feed.getByText("Of Piet").waitFor()
  expect(await feed.getByText("Anna").count()).toBe(0)

  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto("/lists")
  await page.getByText("Only here").first().waitFor()
  await reader.picture("lists-wide")
  await page.getByRole("link", { name: "Coast" }).click()
  await feed.getByText("Of Anna").waitFor()
  await reader.picture("list-feed-wide")
  await page.getByRole("link", { name: "People and title" }).click()
  await page.getByRole("button", { name: `Remove @${anna.username}` }).click()
  await page.getByText("Nobody is on it yet").waitFor()
  await page.getByRole("button", { name: "Delete this list" }).click()
  await reader.picture("list-delete")
  await page.getByRole("button", { name: "Delete list" }).click()
  await page.getByText("No lists yet").waitFor()
  await page.getByRole("link", { name: "Tintype, home" }).click()
  await feed.getByText("Anna, live").first().waitFor()
  expect(reader.complaints.filter((text) => !text.includes("422"))).toEqual([])
  await reader.context.close()
})
