import { media } from "@tintype/db"
import { plain } from "@tintype/media/testing/photos"
import { expect } from "vitest"
import { type Api, test } from "../testing/api-test.ts"
import { aBrowser, type Browser } from "../testing/client.ts"

/** Three hundred uploads of a member, none of them in a post. */
async function hoard({ ctx, app }: Api, { headers }: Browser, purpose: "post" | "avatar"): Promise<void> {
  const { id: ownerId } = (await app.inject({ url: "/api/v1/accounts/verify_credentials", headers })).json()
  const original = { originalSha256: "0".repeat(64), originalBytes: 1, originalType: "image/jpeg" }
  const rows = Array.from({ length: 300 }, (_, at) => ({ ownerId, id: String(at + 1), purpose, ...original }))
  await ctx.db.insert(media).values(rows as (typeof media.$inferInsert)[])
}

async function upload({ app }: Api, { headers }: Browser) {
  const form = new FormData()
  form.append("file", new Blob([new Uint8Array(await plain(8, 8).jpeg().toBuffer())]), "a.jpg")
  return app.inject({ method: "POST", url: "/api/v2/media", headers, payload: form })
}

test("three hundred photos that wait for a post are enough, but avatars do not wait for one", async ({
  api,
}) => {
  const hoarder = await aBrowser(api.app)
  await hoard(api, hoarder, "post")
  const refused = await upload(api, hoarder)
  expect(refused.statusCode).toBe(409)
  const vain = await aBrowser(api.app)
  await hoard(api, vain, "avatar")
  expect((await upload(api, vain)).statusCode).toBe(202)
})
