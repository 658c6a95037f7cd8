import { parseId } from "@tintype/db"
import { followAccount } from "@tintype/domain/relationships"
import { aDraft, aMember, aPhoto } from "@tintype/domain/testing"
import { publishPost, readHome } from "@tintype/domain/timelines"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser } from "../testing/client.ts"

const CAPTIONS = [
  "Plain #words and https://photos.example/x",
  'Quotes " \\ / and <b>tags</b> & "account":null, "favourited":true}',
  "Emoji 📷🏔️, العربية, line\u2028separator\ttab\n\nparagraph ",
  "",
]

test("a post is the same to the byte on its own, in timelines and lists, and as the contract writes it", async ({
  api: { app, ctx },
}) => {
  const { headers, username } = await aBrowser(app)
  const me = (await app.inject({ url: "/api/v1/accounts/verify_credentials", headers })).json()
  const accountId = parseId<"account">(me.id)
  const appId = parseId<"app">("1")
  if (!accountId || !appId) throw new Error("no ids")
  const viewer = { accountId, appId }
  const author = await aMember(ctx)
  await followAccount(ctx, viewer, author.accountId)
  const ids: string[] = []
  for (const [index, caption] of CAPTIONS.entries()) {
    const { id } = await publishPost(ctx, author, {
      ...aDraft([await aPhoto(ctx, author), await aPhoto(ctx, author)]),
      caption: `${caption} @${username}`,
      visibility: index % 2 ? "private" : "public",
    })
    ids.unshift(id)
    if (index % 2) await app.inject({ method: "POST", url: `/api/v1/statuses/${id}/favourite`, headers })
    if (index > 1) await app.inject({ method: "POST", url: `/api/v1/statuses/${id}/bookmark`, headers })
  }
  const alone = await Promise.all(
    ids.map(async (id) => (await app.inject({ url: `/api/v1/statuses/${id}`, headers })).payload),
  )
  const together = `[${alone.join(",")}]`
  // Cold and warm: the parts are written at one time and found again at another.
  for (const url of ["/api/v1/timelines/home", `/api/v1/accounts/${author.accountId}/statuses`]) {
    for (let time = 0; time < 2; time++) {
      const response = await app.inject({ url, headers })
      expect(response.headers["content-type"]).toBe("application/json; charset=utf-8")
      expect(response.payload).toBe(together)
    }
  }
  const lists = {
    "timelines/public": [alone[1], alone[3]],
    "timelines/tag/words": [alone[3]],
    favourites: [alone[0], alone[2]],
    bookmarks: [alone[0], alone[1]],
  }
  for (const [list, texts] of Object.entries(lists)) {
    expect((await app.inject({ url: `/api/v1/${list}`, headers })).payload).toBe(`[${texts.join(",")}]`)
  }
  const { items } = await readHome(ctx, viewer, { limit: 20 })
  expect(items.text).toBe(together)
  const signedOut = await app.inject({ url: `/api/v1/accounts/${author.accountId}/statuses` })
  const open = await Promise.all(
    signedOut
      .json()
      .map(async ({ id }: { id: string }) => (await app.inject({ url: `/api/v1/statuses/${id}` })).payload),
  )
  expect(signedOut.payload).toBe(`[${open.join(",")}]`)
  expect(open).toHaveLength(2)
})
