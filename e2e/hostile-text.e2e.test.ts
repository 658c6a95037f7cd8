import type { Account, InstanceV1, InstanceV2, MediaAttachment, Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { call, Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"
import { openBrowser, WEB_DIR } from "./visitor.ts"

/** One for each place that a text may come out at, none longer than a name may be. */
const MARKUP = {
  app: '"><script>hit()</script>',
  name: "<img src=x onerror=hit()>",
  note: "</p><svg onload=hit()><b>note",
  caption: "<script>hit()</script>&lt;&#60;\"'` <a href=javascript:hit()>caption</a>",
  description: '"><img src=x onerror=hit()>alt',
}
const ENCODED = {
  note: "<p>&lt;/p&gt;&lt;svg onload=hit()&gt;&lt;b&gt;note</p>",
  caption:
    "<p>&lt;script&gt;hit()&lt;/script&gt;&amp;lt;&amp;#60;&quot;&#39;` &lt;a href=javascript:hit()&gt;caption&lt;/a&gt;</p>",
}

let system: System
let browser: Browser
let mallory: Member
let post: Status

const patch = (member: Member, fields: object) =>
  member.send<Account>("/api/v1/accounts/update_credentials", {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fields),
  })

async function describePhoto(member: Member, id: string, description: string) {
  const init = {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ description }),
  }
  return member.send<MediaAttachment>(`/api/v1/media/${id}`, init)
}

beforeAll(async () => {
  system = await openSystem({ env: { WEB_DIR } })
  browser = await openBrowser()
  mallory = await Member.signUp(system.gatewayUrl, "mallory", MARKUP.app)
  await patch(mallory, { display_name: MARKUP.name, note: MARKUP.note })
  const { body: media } = await mallory.upload(await aPhoto())
  await describePhoto(mallory, media.id, MARKUP.description)
  const posted = await mallory.post<Status>("/api/v1/statuses", {
    status: MARKUP.caption,
    media_ids: [media.id],
  })
  post = posted.body
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

test("markup comes out of the API as HTML that shows it, or as the text that it is", async () => {
  const { body, headers } = await call<Status>(`${system.gatewayUrl}/api/v1/statuses/${post.id}`)
  expect(headers.get("content-type")).toMatch(/^application\/json/)
  expect(headers.get("x-content-type-options")).toBe("nosniff")
  expect(body).toMatchObject({
    content: ENCODED.caption,
    application: { name: MARKUP.app },
    account: { display_name: MARKUP.name, note: ENCODED.note },
    media_attachments: [{ description: MARKUP.description }],
  })
})

test("markup is text on every page of the web app", { timeout: 90_000 }, async () => {
  const page = await browser.newPage({ baseURL: system.gatewayUrl })
  const complaints: string[] = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("dialog", (dialog) => complaints.push(dialog.message()))
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text())
  })
  await page.addInitScript(() => Object.assign(window, { hit: () => console.error("hit") }))
  for (const [path, texts] of [
    ["/people", [MARKUP.name]],
    [`/@${mallory.username}`, [MARKUP.name, MARKUP.note]],
    [`/@${mallory.username}/${post.id}`, [MARKUP.name, MARKUP.caption]],
  ] as const) {
    await page.goto(path)
    for (const text of texts) await page.getByText(text).first().waitFor({ timeout: 20_000 })
    expect(await page.locator("img[src=x], svg[onload], [onerror], a[href^=javascript]").count()).toBe(0)
    expect(await page.locator("script:not([src])").count()).toBe(0)
  }
  await page.getByAltText(MARKUP.description).first().waitFor()
  expect(complaints).toEqual([])
})

test("markup makes no user name", async () => {
  const attempt = Member.signUp(system.gatewayUrl, "<b>bold</b>")
  await expect(attempt).rejects.toThrow(/ERR_INVALID/)
})

test.for([
  ["emoji of several code points", "👩‍👩‍👧‍👦🏳️‍🌈🦩"],
  ["right to left, with marks", "\u202eנסיון\u202c العربية"],
  ["letters with many accents", `Z${"\u0301".repeat(20)}`],
] as const)("%s come back as they were written", async ([, text]) => {
  const { body } = await patch(mallory, { display_name: text })
  expect(body.display_name).toBe(text)
  expect((await describePhoto(mallory, post.media_attachments[0]?.id ?? "", text)).body.description).toBe(
    text,
  )
  const seen = await mallory.postPhoto(await aPhoto(60, 60), { status: text })
  expect(seen.content).toBe(`<p>${text}</p>`)
})

test("what no database holds is left out of a text: NUL and halves of characters", async () => {
  const text = "a\u0000b\ud800c"
  const fields = { display_name: text, note: text }
  expect(await patch(mallory, fields)).toMatchObject({
    status: 200,
    body: { display_name: "ab\ufffdc", note: "<p>ab\ufffdc</p>" },
  })
  const odd = await Member.signUp(system.gatewayUrl, "odd", text)
  const seen = await odd.postPhoto(await aPhoto(60, 60), { status: text, spoiler_text: text })
  expect(seen).toMatchObject({
    content: "<p>ab\ufffdc</p>",
    spoiler_text: "ab\ufffdc",
    application: { name: "ab\ufffdc" },
  })
})

test("a text over its limit is refused, and the answer tells the limit", async () => {
  const long = "x".repeat(100_000)
  const { body: media } = await mallory.upload(await aPhoto(50, 50))
  const caption = await mallory.post("/api/v1/statuses", { status: long, media_ids: [media.id] })
  expect(caption).toMatchObject({ status: 422, body: { error: expect.stringContaining("5000") } })
  const description = await describePhoto(mallory, media.id, long)
  expect(description).toMatchObject({ status: 422, body: { error: expect.stringContaining("1500") } })
  for (const [field, limit] of [
    ["display_name", "30"],
    ["note", "500"],
  ] as const) {
    const reply = await patch(mallory, { [field]: "x".repeat(2000) })
    expect(reply).toMatchObject({ status: 422, body: { error: expect.stringContaining(limit) } })
  }
})

test("every picture that entities name where there is no photo is served", async () => {
  const home = system.gatewayUrl
  const fresh = await Member.signUp(home, "fresh")
  const { body: account } = await fresh.get<Account>(`/api/v1/accounts/${fresh.id}`)
  const { body: v1 } = await call<InstanceV1>(`${home}/api/v1/instance`)
  const { body: v2 } = await call<InstanceV2>(`${home}/api/v2/instance`)
  const urls = new Set(
    JSON.stringify([account, v1, v2]).match(/https?:\/\/[^"]+\.(?:png|jpe?g|svg|webp|avif|ico)/g) ?? [],
  )
  expect([...urls]).toContain(v2.thumbnail.url)
  expect([...urls]).toContain(account.header)
  for (const url of urls) {
    const response = await fetch(url)
    expect({ url, status: response.status }).toEqual({ url, status: 200 })
    expect(response.headers.get("content-type")).toMatch(/^image\//)
  }
})
