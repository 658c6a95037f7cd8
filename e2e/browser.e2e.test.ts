import { readFile } from "node:fs/promises"
import type { System } from "@tintype/dev"
import { unzip } from "@tintype/testkit"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
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

const arrive = (width: number, height: number, colorScheme: "light" | "dark") =>
  Visitor.arrive(browser, system.gatewayUrl, { width, height, colorScheme })

describe("in the browser", () => {
  test("a member signs up and posts, another follows, sees, likes; the post is deleted", {
    timeout: 120_000,
  }, async () => {
    const alice = await arrive(1280, 900, "light")
    const bob = await arrive(360, 740, "dark")
    await alice.page.goto("/")
    await alice.picture("landing")
    await alice.signUp("alice")
    await bob.signUp("bob")
    await bob.picture("empty-feed")

    await alice.page.goto("/new")
    const files = [await aPhoto(1600, 1200, 5), await aPhoto(900, 1200, 40)].map((bytes, index) => ({
      name: `photo-${index}.jpg`,
      mimeType: "image/jpeg",
      buffer: Buffer.from(bytes),
    }))
    await alice.page.getByLabel("Choose photos").setInputFiles(files)
    await alice.page.getByLabel("Describe photo 1").fill("Grey noise")
    await alice.page.getByLabel("Caption").fill("First photo <b>here</b> #tintype")
    await alice.picture("composer")
    await alice.page.getByRole("button", { name: "Post", exact: true }).click()
    await alice.page.waitForURL("**/")
    const article = alice.page.getByRole("article")
    await article.getByText("First photo <b>here</b>").waitFor()
    await article.getByAltText("Grey noise").waitFor()

    await bob.page.goto("/@alice")
    await bob.page.getByRole("button", { name: "Follow", exact: true }).click()
    await bob.page.getByRole("button", { name: "Unfollow" }).waitFor()
    await bob.picture("profile")
    await bob.page.goto("/")
    const seen = bob.page.getByRole("article")
    await seen.getByText("First photo").waitFor()
    const image = seen.getByAltText("Grey noise")
    await expect
      .poll(
        () =>
          image.evaluate(
            (element) => element instanceof HTMLImageElement && element.complete && element.naturalWidth,
          ),
        {
          timeout: 10_000,
        },
      )
      .toBeGreaterThan(0)
    const source = await image.evaluate(
      (element) => element instanceof HTMLImageElement && element.currentSrc,
    )
    expect(source).toMatch(/\.jpg$/)
    await bob.picture("feed-phone")
    const icon = bob.page.getByRole("navigation", { name: "Main" }).locator("svg").first()
    expect((await icon.boundingBox())?.width).toBeLessThan(48)
    await seen.getByRole("button", { name: "Like" }).click()
    await seen.getByRole("button", { name: "Unlike" }).waitFor()
    const kept = bob.page.waitForResponse(/\/bookmark$/)
    await seen.getByRole("button", { name: "Bookmark", exact: true }).click()
    expect((await kept).status()).toBe(200)
    await bob.page.reload()
    await seen.getByRole("button", { name: "Unlike" }).waitFor()
    await bob.page.goto("/bookmarks")
    await seen.getByRole("button", { name: "Remove bookmark" }).waitFor()
    await seen.getByRole("link", { name: "#tintype" }).press("Enter")
    await bob.page.getByRole("heading", { name: "#tintype" }).waitFor()
    await seen.getByText("First photo").waitFor()
    await bob.picture("tag-phone")
    await bob.page.getByRole("link", { name: "Explore" }).click()
    await bob.page.getByRole("heading", { name: "Explore" }).waitFor()
    await seen.getByText("First photo").waitFor()
    expect(await bob.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)

    await alice.page.reload()
    const edit = async (words: string, seenBy: string) => {
      await article.getByRole("button", { name: "Edit" }).click()
      await alice.page.getByLabel("Caption").fill(words)
      await alice.page.getByRole("dialog").getByLabel(seenBy).check()
      await alice.picture("edit")
      await alice.page.getByRole("button", { name: "Save changes" }).click()
      await article.getByText(words).waitFor()
    }
    await edit("Second words", "Followers")
    await bob.page.reload()
    await expect.poll(() => seen.count(), { timeout: 10_000 }).toBe(0)
    await edit("Third words", "Public")
    await bob.page.reload()
    await seen.getByText("Third words").waitFor()
    await alice.picture("feed")
    await article.getByRole("button", { name: "Delete" }).click()
    await alice.page.getByRole("button", { name: "Delete post" }).click()
    await article.waitFor({ state: "detached" })
    await bob.page.reload()
    await expect.poll(() => seen.count(), { timeout: 10_000 }).toBe(0)
    expect([...alice.complaints, ...bob.complaints]).toEqual([])
  })

  test("photos come in by drop and by paste; what is none is told why, and the others are posted", {
    timeout: 60_000,
  }, async () => {
    const dora = await arrive(1280, 900, "light")
    await dora.signUp("dora")
    await dora.page.goto("/new")
    await dora.page.getByLabel("Choose photos").waitFor({ state: "attached" })
    await dora.bring("drop", "dropped.jpg", await aPhoto(300, 200, 1))
    await dora.bring("paste", "pasted.jpg", await aPhoto(300, 200, 2))
    await dora.bring("drop", "drawing.jpg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))
    const rows = dora.page.getByRole("listitem").filter({ has: dora.page.getByLabel(/^Remove photo/) })
    await rows.nth(2).getByRole("alert").getByText("This file is not a photo").waitFor()
    await dora.picture("composer-refused")
    await dora.page.getByRole("button", { name: "Remove photo 3" }).click()
    await rows.nth(1).getByText("Ready").waitFor()
    await dora.page.getByRole("button", { name: "Post", exact: true }).click()
    await dora.page.waitForURL("**/")
    await dora.page.getByRole("article").locator(".photo img").nth(1).waitFor({ state: "attached" })
    await dora.page.getByRole("button", { name: "Sign out" }).click()
    await dora.signIn("dora")
    await dora.page.getByRole("article").waitFor()
    expect(dora.complaints.filter((text) => !text.includes("422"))).toEqual([])
  })

  test("a member has everything put into one file, sees it grow, and fetches it", {
    timeout: 60_000,
  }, async () => {
    const erin = await arrive(360, 740, "light")
    await erin.signUp("erin")
    await erin.page.goto("/new")
    const sent = await aPhoto(640, 480, 9)
    const file = { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from(sent) }
    await erin.page.getByLabel("Choose photos").setInputFiles([file])
    await erin.page.getByLabel("Caption").fill("To be kept #mine")
    await erin.page.getByRole("button", { name: "Post", exact: true }).click()
    await erin.page.getByRole("article").waitFor()
    await erin.page.goto("/settings")
    await erin.page.getByRole("button", { name: "Export everything" }).click()
    const link = erin.page.getByRole("link", { name: "Download your export" })
    await link.waitFor()
    await erin.page.getByText("1 post, 1 photo").waitFor()
    expect(await erin.page.getByRole("button", { name: "Export everything" }).count()).toBe(0)
    await erin.picture("export-ready")
    const downloading = erin.page.waitForEvent("download")
    await link.click()
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/^tintype-\d+\.zip$/)
    const files = await unzip(await readFile(await download.path()))
    const { orderedItems, totalItems } = JSON.parse(String(files.get("outbox.json")))
    expect([totalItems, orderedItems[0].object.source.content]).toEqual([1, "To be kept #mine"])
    const [attachment] = orderedItems[0].object.attachment
    expect(Buffer.compare(files.get(attachment.url) ?? Buffer.alloc(0), sent)).toBe(0)
    expect(erin.complaints).toEqual([])
  })

  test("a member is warned, asked for their password, and gone", { timeout: 60_000 }, async () => {
    const frank = await arrive(360, 740, "light")
    await frank.signUp("frank")
    await frank.page.goto("/settings")
    await frank.page.getByText("export it first").waitFor()
    await frank.page.getByRole("button", { name: "Delete my account" }).click()
    const password = frank.page.getByLabel("Your password")
    await password.fill("not this one")
    await frank.page.getByRole("button", { name: "Delete everything" }).click()
    await frank.page.getByText("is not right").waitFor()
    await frank.picture("leaving")
    await password.fill("correct horse battery")
    await frank.page.getByRole("button", { name: "Delete everything" }).click()
    await frank.page.getByText("Your account is deleted.").waitFor()
    await frank.page.goto("/@frank")
    await frank.page.getByText("Nothing on this plate").waitFor()
    expect(frank.complaints.filter((text) => !/422|404/.test(text))).toEqual([])
  })

  test("everything can be reached by keyboard, and nothing is wider than a phone", {
    timeout: 60_000,
  }, async () => {
    const carol = await arrive(360, 740, "light")
    await carol.page.goto("/sign-up")
    await carol.page.getByLabel("User name").focus()
    await carol.page.keyboard.type("carol")
    await carol.page.keyboard.press("Tab")
    await carol.page.keyboard.type("carol@photos.example")
    await carol.page.keyboard.press("Tab")
    await carol.page.keyboard.type("correct horse battery")
    await carol.page.keyboard.press("Enter")
    await carol.page.waitForURL("**/")
    for (const path of [
      "/",
      "/explore",
      "/tags/phone",
      "/likes",
      "/new",
      "/people",
      "/@carol",
      "/settings",
      "/nowhere",
    ]) {
      await carol.page.goto(path)
      await carol.page.getByRole("heading").first().waitFor()
      const overflow = await carol.page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      )
      expect({ path, overflow }).toEqual({ path, overflow: 0 })
      await carol.picture(`phone${path.replaceAll("/", "-")}`)
    }
    expect(carol.complaints.filter((text) => !text.includes("404"))).toEqual([])
  })
})
