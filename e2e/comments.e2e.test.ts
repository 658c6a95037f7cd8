import type { Status, StatusContext } from "@tintype/contract"
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

const say = (member: Member, post: string, status: string) =>
  member.post<Status>("/api/v1/statuses", { status, in_reply_to_id: post })

const replies = async (member: Member, post: string) =>
  (await member.get<Status>(`/api/v1/statuses/${post}`)).body.replies_count

test("comments are counted exactly though the worker is killed over and over while they come and go", async () => {
  const [alice, bob] = [
    await Member.signUp(system.gatewayUrl, "alice"),
    await Member.signUp(system.gatewayUrl, "bob"),
  ]
  const { id } = await alice.postPhoto(await aPhoto(400, 300, 1))
  for (let round = 0; round < 3; round++) {
    const said = Promise.all(Array.from({ length: 8 }, (_, index) => say(bob, id, `Number ${index}`)))
    await system.tier("worker").signal("SIGKILL", true)
    const [first, second] = await said
    for (const each of [first, second]) {
      const gone = await bob.send(`/api/v1/statuses/${each?.body.id}`, { method: "DELETE" })
      expect(gone.status).toBe(200)
    }
  }
  await expect.poll(() => replies(alice, id), { timeout: 30_000 }).toBe(18)
  const { body } = await alice.get<StatusContext>(`/api/v1/statuses/${id}/context`)
  expect(body.descendants).toHaveLength(18)
  await system.untilHealthy()
  await say(bob, id, "One more")
  await expect.poll(() => replies(alice, id), { timeout: 10_000 }).toBe(19)
})

test("a member reads what is said under a photo, says something, is told what is wrong, and takes it back", {
  timeout: 120_000,
}, async () => {
  const anna = await Member.signUp(system.gatewayUrl, "anna")
  const { id } = await anna.postPhoto(await aPhoto(900, 600, 3), { status: "First light" })
  const view = { width: 360, height: 740, colorScheme: "light" } as const
  const reader = await Visitor.arrive(browser, system.gatewayUrl, view)
  const { page } = reader
  const address = `/@${anna.username}/${id}`
  await page.goto(address)
  await page.getByText("Nobody has said anything yet").waitFor()
  await page.getByRole("region", { name: "Comments" }).getByRole("link", { name: "Sign in" }).waitFor()
  await reader.signUp("reader")
  await page.goto(address)
  const box = page.getByLabel("Your comment")
  const send = page.getByRole("button", { name: "Comment", exact: true })
  await box.waitFor()
  expect(await send.isDisabled()).toBe(true)
  await box.fill("x".repeat(5_003))
  await page.getByText("The comment is 3 characters too long.").waitFor()
  expect(await send.isDisabled()).toBe(true)
  await box.fill("What a <b>light</b>, #dawn\n\nAnd so calm")
  await send.click()
  const own = page.getByRole("listitem", { name: "Comment by reader" }).first()
  await own.getByText("What a <b>light</b>").waitFor()
  expect(await box.inputValue()).toBe("")
  await page.getByRole("link", { name: "1 comment" }).waitFor()

  const { descendants } = (await anna.get<StatusContext>(`/api/v1/statuses/${id}/context`)).body
  await say(anna, descendants[0]?.id ?? "", "It was cold, too")
  for (let index = 1; index <= 22; index++) await say(anna, id, `Said ${index}`)
  await page.reload()
  await page.getByText("Said 18").waitFor()
  const said = page.getByRole("region", { name: "Comments" }).getByRole("listitem")
  expect(await said.count()).toBe(20)
  await said.nth(1).getByText("to @reader").waitFor()
  await own.scrollIntoViewIfNeeded()
  await reader.picture("comments-phone")
  await page.getByRole("button", { name: "4 more comments" }).click()
  await said.nth(23).getByText("Said 22").waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
  await box.scrollIntoViewIfNeeded()
  await reader.picture("comments-phone-form")

  // By keyboard alone: what answers a comment stands below it, and the cursor is back where it was.
  const hers = page.getByRole("listitem", { name: `Comment by ${anna.username}` }).first()
  const answer = hers.getByRole("button", { name: `Answer @${anna.username}` })
  await answer.focus()
  await page.keyboard.press("Enter")
  const answerBox = page.getByLabel(`Your answer to @${anna.username}`)
  await answerBox.and(page.locator(":focus")).waitFor()
  await page.keyboard.press("Escape")
  await answerBox.waitFor({ state: "detached" })
  await answer.and(page.locator(":focus")).waitFor()
  await page.keyboard.press("Enter")
  await answerBox.and(page.locator(":focus")).waitFor()
  await page.keyboard.type("And how cold")
  await reader.picture("comments-answer-phone")
  await hers.getByRole("button", { name: "Send answer" }).click()
  await said.nth(2).getByText("And how cold").waitFor()
  await said.nth(2).getByText(`to @${anna.username}`).waitFor()
  await answer.and(page.locator(":focus")).waitFor()
  const conversation = (await anna.get<StatusContext>(`/api/v1/statuses/${id}/context`)).body.descendants
  const [, cold, howCold] = conversation
  expect(howCold).toMatchObject({ content: "<p>And how cold</p>", in_reply_to_id: cold?.id })

  await page.getByRole("link", { name: "Explore" }).click()
  const card = page.getByRole("article", { name: `Post by ${anna.username}` })
  // Added up by now; and no comment is a post of its own here.
  await card.getByRole("link", { name: "23 comments" }).waitFor()
  expect(await page.getByRole("article", { name: "Post by reader" }).count()).toBe(0)
  await card.getByRole("link", { name: "23 comments" }).click()
  await own.getByRole("button", { name: "Delete comment" }).click()
  await reader.picture("comments-delete")
  await page.getByRole("dialog").getByRole("button", { name: "Delete comment" }).click()
  await own.waitFor({ state: "detached" })
  await page.getByRole("link", { name: "22 comments" }).waitFor()

  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(`/@${anna.username}/${await oneOf(anna, id)}`)
  await page
    .getByText("In answer to")
    .getByRole("link", { name: `@${anna.username}` })
    .click()
  await page.waitForURL(`**${address}`)
  await said.first().waitFor()
  await said.first().scrollIntoViewIfNeeded()
  await reader.picture("comments-wide")
  // The grid has photographs alone.
  await page.goto(`/@${anna.username}`)
  await page.getByRole("region", { name: "Photographs" }).getByRole("listitem").first().waitFor()
  expect(await page.getByRole("region", { name: "Photographs" }).getByRole("listitem").count()).toBe(1)
  expect(reader.complaints).toEqual([])
  await reader.context.close()
})

/** A comment of hers under her post. */
async function oneOf(member: Member, post: string): Promise<string> {
  const { body } = await member.get<StatusContext>(`/api/v1/statuses/${post}/context`)
  return body.descendants.find(({ account }) => account.id === member.id)?.id ?? ""
}
