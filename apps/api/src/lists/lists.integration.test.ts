import { parseId } from "@tintype/db"
import { aMember, aPost } from "@tintype/domain/testing"
import type { FastifyInstance } from "fastify"
import { describe, expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser, aCode, anApp, bearer, exchange } from "../testing/client.ts"

type Headers = Record<string, string>

const calls = (app: FastifyInstance, headers: Headers) => ({
  get: (url: string) => app.inject({ url, headers }),
  send: (method: "POST" | "PUT" | "DELETE", url: string, payload?: object) =>
    app.inject({ method, url, headers, ...(payload && { payload }) }),
})

/** A token with this scope alone. */
async function aToken(app: FastifyInstance, scope: string): Promise<Headers> {
  const client = await anApp(app)
  const code = await aCode(app, client, await aBrowser(app), { scope })
  return bearer((await exchange(app, client, code)).json().access_token)
}

describe("lists", () => {
  test("are what clients of the Mastodon API expect, from JSON and from forms", async ({
    api: { app, ctx },
  }) => {
    const { headers } = await aBrowser(app)
    const { get, send } = calls(app, headers)
    const friend = await aMember(ctx)
    await send("POST", `/api/v1/accounts/${friend.accountId}/follow`)
    const made = await app.inject({
      method: "POST",
      url: "/api/v1/lists",
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      payload: "title=Friends&replies_policy=followed&exclusive=false",
    })
    expect(made.statusCode).toBe(200)
    const list = made.json()
    expect(list).toEqual({ id: list.id, title: "Friends", replies_policy: "followed", exclusive: false })
    expect(parseId(list.id)).not.toBeNull()
    const url = `/api/v1/lists/${list.id}`
    expect((await get(url)).json()).toEqual(list)
    expect((await send("PUT", url, { title: "Close friends" })).json()).toMatchObject({
      title: "Close friends",
    })
    const added = await send("POST", `${url}/accounts`, { account_ids: [friend.accountId] })
    expect([added.statusCode, added.json()]).toEqual([200, {}])
    expect((await get(`${url}/accounts?limit=0`)).json()).toMatchObject([{ id: friend.accountId }])
    expect((await get(`/api/v1/accounts/${friend.accountId}/lists`)).json()).toMatchObject([{ id: list.id }])
    const first = await aPost(ctx, friend)
    const second = await aPost(ctx, friend)
    const timeline = `/api/v1/timelines/list/${list.id}`
    const page = await get(`${timeline}?limit=1`)
    expect(page.json()).toMatchObject([{ id: second }])
    expect(page.headers.link).toMatch(
      new RegExp(
        `^<http://localhost:8080${timeline}\\?limit=1&max_id=${second}>; rel="next", <.*min_id=${second}>; rel="prev"$`,
      ),
    )
    expect((await get(`${timeline}?max_id=${second}`)).json()).toMatchObject([{ id: first }])
    // Some clients put them into the query, others into the body.
    for (const [place, body] of [
      [`${url}/accounts?account_ids[]=${friend.accountId}`],
      [`${url}/accounts`, { account_ids: [friend.accountId] }],
    ] as const) {
      await send("POST", `${url}/accounts`, { account_ids: [friend.accountId] })
      expect((await send("DELETE", place, body)).statusCode).toBe(200)
      expect((await get(`${url}/accounts`)).json()).toEqual([])
    }
    expect((await send("DELETE", url)).json()).toEqual({})
    expect((await get("/api/v1/lists")).json()).toEqual([])
    expect((await get(timeline)).statusCode).toBe(404)
  })

  test("say what is wrong in the words that clients know", async ({ api: { app, ctx } }) => {
    const { get, send } = calls(app, (await aBrowser(app)).headers)
    const stranger = await aMember(ctx)
    const blank = await send("POST", "/api/v1/lists", {})
    expect([blank.statusCode, blank.json().error]).toEqual([422, "Validation failed: Title can't be blank"])
    const long = await send("POST", "/api/v1/lists", { title: "x".repeat(257) })
    expect([long.statusCode, long.json().details.title[0].error]).toEqual([422, "ERR_TOO_LONG"])
    const odd = await send("POST", "/api/v1/lists", { title: "x", replies_policy: "some" })
    expect(odd.statusCode).toBe(422)
    const { id } = (await send("POST", "/api/v1/lists", { title: "x" })).json()
    const unfollowed = await send("POST", `/api/v1/lists/${id}/accounts`, {
      account_ids: [stranger.accountId],
    })
    expect([unfollowed.statusCode, unfollowed.json()]).toEqual([404, { error: "Record not found" }])
    const other = calls(app, (await aBrowser(app)).headers)
    for (const url of [
      `/api/v1/lists/${id}`,
      `/api/v1/lists/${id}/accounts`,
      `/api/v1/timelines/list/${id}`,
    ]) {
      expect((await other.get(url)).statusCode).toBe(404)
      expect((await get(url)).statusCode).toBe(200)
      expect((await app.inject({ url })).statusCode).toBe(401)
    }
    expect((await get("/api/v1/accounts/1/lists")).statusCode).toBe(404)
  })

  test("are read and changed by tokens with the scopes of lists, and by no others", async ({
    api: { app },
  }) => {
    const reader = calls(app, await aToken(app, "read:lists"))
    const writer = calls(app, await aToken(app, "write:lists"))
    const neither = calls(app, await aToken(app, "read:statuses write:statuses"))
    const status = async (of: ReturnType<typeof calls>) => [
      (await of.get("/api/v1/lists")).statusCode,
      (await of.get("/api/v1/timelines/list/1")).statusCode,
      (await of.send("POST", "/api/v1/lists", { title: "x" })).statusCode,
    ]
    expect(await status(reader)).toEqual([200, 404, 403])
    expect(await status(writer)).toEqual([403, 403, 200])
    expect(await status(neither)).toEqual([403, 403, 403])
  })
})
