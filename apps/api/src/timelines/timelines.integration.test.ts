import { aMember, aPost } from "@tintype/domain/testing"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser } from "../testing/client.ts"

const linksOf = (header: unknown) =>
  [...String(header).matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url, relation]) => [relation, url])

test("the timelines for everybody are open to the signed-out, the own lists are not", async ({
  api: { app, ctx },
}) => {
  const id = await aPost(ctx, await aMember(ctx), { caption: "#open" })
  for (const url of ["/api/v1/timelines/public?local=true&only_media=1", "/api/v1/timelines/tag/Open"]) {
    const response = await app.inject({ url })
    expect(response.statusCode).toBe(200)
    expect(response.json()[0].id).toBe(id)
  }
  for (const url of ["/api/v1/favourites", "/api/v1/bookmarks"]) {
    expect((await app.inject({ url })).statusCode).toBe(401)
  }
  for (const url of [`/api/v1/statuses/${id}/context`, `/api/v1/statuses/${id}/favourited_by`]) {
    expect((await app.inject({ url })).statusCode).toBe(200)
  }
  expect((await app.inject({ url: "/api/v1/statuses/1/context" })).statusCode).toBe(404)
})

test("own lists are walked by links that hold the ids of the marks", async ({ api: { app, ctx } }) => {
  const { headers } = await aBrowser(app)
  const author = await aMember(ctx)
  const ids = [await aPost(ctx, author), await aPost(ctx, author), await aPost(ctx, author)]
  for (const id of ids) {
    for (const verb of ["favourite", "bookmark"]) {
      const response = await app.inject({ method: "POST", url: `/api/v1/statuses/${id}/${verb}`, headers })
      expect(response.json()).toMatchObject({ id, [`${verb}${verb === "favourite" ? "d" : "ed"}`]: true })
    }
  }
  for (const list of ["favourites", "bookmarks"]) {
    const first = await app.inject({ url: `/api/v1/${list}?limit=2`, headers })
    expect(first.json()).toMatchObject([{ id: ids[2] }, { id: ids[1] }])
    const [next, prev] = linksOf(first.headers.link)
    expect([next?.[0], prev?.[0]]).toEqual(["next", "prev"])
    const { pathname, search, searchParams } = new URL(next?.[1] ?? "")
    expect(ids).not.toContain(searchParams.get("max_id"))
    const second = await app.inject({ url: pathname + search, headers })
    expect(second.json()).toMatchObject([{ id: ids[0], favourited: true, bookmarked: true }])
    const newer = new URL(prev?.[1] ?? "")
    expect((await app.inject({ url: newer.pathname + newer.search, headers })).json()).toEqual([])
  }
})

test("a tag of a hundred letters of any script can be asked for, and what bounds there are is told", async ({
  api: { app, ctx },
}) => {
  const tag = "写".repeat(100)
  const id = await aPost(ctx, await aMember(ctx), { caption: `#${tag} #b` })
  const url = `/api/v1/timelines/tag/${encodeURIComponent(tag)}`
  expect((await app.inject({ url: `${url}?all[]=B` })).json()).toMatchObject([{ id }])
  expect((await app.inject({ url: `${url}?none[]=b` })).json()).toEqual([])
  const many = Array.from({ length: 21 }, (_, index) => `any[]=t${index}`).join("&")
  const refused = await app.inject({ url: `${url}?${many}` })
  expect(refused.statusCode).toBe(422)
  expect((await app.inject({ url: `${url}?limit=999` })).statusCode).toBe(200)
})
