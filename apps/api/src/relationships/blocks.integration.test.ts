import { aMember, aPost } from "@tintype/domain/testing"
import type { FastifyInstance } from "fastify"
import { describe, expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser, aCode, anApp, bearer, exchange } from "../testing/client.ts"

type Headers = Record<string, string>

const calls = (app: FastifyInstance, headers: Headers) => ({
  get: (url: string) => app.inject({ url, headers }),
  post: (url: string, payload?: object) =>
    app.inject({ method: "POST", url, headers, ...(payload && { payload }) }),
})

/** A token with this scope alone. */
async function aToken(app: FastifyInstance, scope: string): Promise<Headers> {
  const client = await anApp(app)
  const code = await aCode(app, client, await aBrowser(app), { scope })
  return bearer((await exchange(app, client, code)).json().access_token)
}

const nextOf = (header: unknown) => new URL(/^<([^>]+)>; rel="next"/.exec(String(header))?.[1] ?? "")

describe("blocks and mutes", () => {
  test("are what clients of the Mastodon API expect", async ({ api: { app, ctx } }) => {
    const { headers } = await aBrowser(app)
    const { get, post } = calls(app, headers)
    const { accountId: id } = await aMember(ctx)
    const at = `/api/v1/accounts/${id}`
    await post(`${at}/follow`)
    const nothing = { blocking: false, muting: false, muting_notifications: false, muting_expires_at: null }
    expect((await post(`${at}/mute`)).json()).toMatchObject({
      ...{ id, following: true, muting: true, muting_notifications: true, muting_expires_at: null },
    })
    const form = { ...headers, "content-type": "application/x-www-form-urlencoded" }
    const timed = await app.inject({
      ...{ method: "POST", url: `${at}/mute`, headers: form, payload: "notifications=false&duration=300" },
    })
    expect(timed.json()).toMatchObject({ muting: true, muting_notifications: false })
    const [muted] = (await get("/api/v1/mutes")).json()
    expect(muted).toMatchObject({ id, mute_expires_at: timed.json().muting_expires_at })
    expect(Date.parse(muted.mute_expires_at)).toBeGreaterThan(Date.now() + 200_000)
    expect((await post(`${at}/unmute`)).json()).toMatchObject({ ...nothing, following: true })
    expect((await get("/api/v1/mutes")).json()).toEqual([])
    expect((await post(`${at}/block`)).json()).toMatchObject({ ...nothing, blocking: true, following: false })
    expect((await get("/api/v1/blocks")).json()).toMatchObject([{ id }])
    expect((await get("/api/v1/blocks")).json()[0]).not.toHaveProperty("mute_expires_at")
    const refused = await post(`${at}/follow`)
    expect([refused.statusCode, refused.json()]).toEqual([403, { error: "This action is not allowed" }])
    expect((await post(`${at}/unblock`)).json()).toMatchObject(nothing)
    expect((await post(`${at}/remove_from_followers`)).json()).toMatchObject({ followed_by: false })
    expect((await post("/api/v1/accounts/12/block")).statusCode).toBe(404)
    expect((await post(`${at}/mute`, { duration: -1 })).statusCode).toBe(422)
  })

  test("are walked by links that hold their own ids", async ({ api: { app, ctx } }) => {
    const { headers } = await aBrowser(app)
    const { get, post } = calls(app, headers)
    const ids = [await aMember(ctx), await aMember(ctx), await aMember(ctx)].map(({ accountId }) => accountId)
    for (const id of ids) {
      for (const verb of ["block", "mute"]) await post(`/api/v1/accounts/${id}/${verb}`)
    }
    for (const list of ["blocks", "mutes"]) {
      const first = await get(`/api/v1/${list}?limit=2`)
      expect(first.json()).toMatchObject([{ id: ids[2] }, { id: ids[1] }])
      const { pathname, search, searchParams } = nextOf(first.headers.link)
      expect(ids).not.toContain(searchParams.get("max_id"))
      expect((await get(pathname + search)).json()).toMatchObject([{ id: ids[0] }])
    }
  })

  test("take the scopes that are theirs", async ({ api: { app, ctx } }) => {
    const { accountId } = await aMember(ctx)
    const changes = ["block", "unblock", "mute", "unmute", "remove_from_followers"]
    const may = async (scope: string) => {
      const { get, post } = calls(app, await aToken(app, scope))
      const answers = {
        blocks: await get("/api/v1/blocks"),
        mutes: await get("/api/v1/mutes"),
        ...Object.fromEntries(
          await Promise.all(
            changes.map(async (verb) => [verb, await post(`/api/v1/accounts/${accountId}/${verb}`)] as const),
          ),
        ),
      }
      return Object.entries(answers).flatMap(([name, { statusCode }]) => (statusCode === 200 ? [name] : []))
    }
    expect(await may("read:blocks")).toEqual(["blocks"])
    expect(await may("read:mutes")).toEqual(["mutes"])
    expect(await may("write:blocks")).toEqual(["block", "unblock"])
    expect(await may("write:mutes")).toEqual(["mute", "unmute"])
    expect(await may("follow")).toEqual(["blocks", "mutes", ...changes])
    for (const url of ["/api/v1/blocks", "/api/v1/mutes"]) {
      expect((await app.inject({ url })).statusCode).toBe(401)
    }
  })

  test("hide posts from the signed-in alone: what is public stays so for strangers", async ({
    api: { app, ctx },
  }) => {
    const [{ headers }, author] = [await aBrowser(app), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const url = `/api/v1/statuses/${id}`
    expect((await app.inject({ url, headers })).statusCode).toBe(200)
    await calls(app, headers).post(`/api/v1/accounts/${author.accountId}/block`)
    for (const path of ["", "/context", "/favourited_by"]) {
      expect((await app.inject({ url: `${url}${path}`, headers })).statusCode).toBe(404)
    }
    const profile = { url: `/api/v1/accounts/${author.accountId}`, headers }
    expect((await app.inject(profile)).json()).toMatchObject({ id: author.accountId })
    expect((await app.inject({ ...profile, url: `${profile.url}/statuses` })).json()).toEqual([])
    expect((await app.inject({ url })).statusCode).toBe(200)
  })
})
