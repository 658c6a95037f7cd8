import { AT_THE_GATEWAY } from "@tintype/contract/at-the-gateway"
import { aPhoto, aPost } from "@tintype/domain/testing"
import { describe, expect } from "vitest"
import type { Api } from "../testing/api-test.ts"
import { bearer } from "../testing/client.ts"
import { aTokenHolder, test } from "../testing/streams.ts"

type Holder = Awaited<ReturnType<typeof aTokenHolder>>

interface Write {
  url: string
  payload?: object
  headers?: Record<string, string>
}

/** Of a post or photo of the member's own, or of another member. */
type Prepare = (api: Api, holder: Holder) => Promise<Write>

const onOwnPost =
  (path: string, payload?: object): Prepare =>
  async ({ ctx }, { actor }) => ({
    url: `/api/v1/statuses/${await aPost(ctx, actor)}${path}`,
    ...(payload && { payload }),
  })

const onOther =
  (act: string): Prepare =>
  async (api) => {
    const other = await aTokenHolder(api)
    return { url: `/api/v1/accounts/${other.actor.accountId}/${act}` }
  }

/** How each write that the gateway may send to a second replica is made. */
const REPEATED: Record<string, Prepare> = {
  "POST /api/v1/statuses": async ({ ctx }, { actor }) => ({
    url: "/api/v1/statuses",
    payload: { status: "Once", media_ids: [await aPhoto(ctx, actor)] },
    headers: { "idempotency-key": "once" },
  }),
  "PUT /api/v1/media/:id": async ({ ctx }, { actor }) => ({
    url: `/api/v1/media/${await aPhoto(ctx, actor)}`,
    payload: { description: "A lake" },
  }),
  "PUT /api/v1/statuses/:id": onOwnPost("", { status: "Edited" }),
  "PUT /api/tintype/v1/statuses/:id/visibility": async ({ ctx }, { actor }) => ({
    url: `/api/tintype/v1/statuses/${await aPost(ctx, actor)}/visibility`,
    payload: { visibility: "private" },
  }),
  "POST /api/v1/statuses/:id/favourite": onOwnPost("/favourite"),
  "POST /api/v1/statuses/:id/unfavourite": onOwnPost("/unfavourite"),
  "POST /api/v1/statuses/:id/bookmark": onOwnPost("/bookmark"),
  "POST /api/v1/statuses/:id/unbookmark": onOwnPost("/unbookmark"),
  "POST /api/v1/accounts/:id/follow": onOther("follow"),
  "POST /api/v1/accounts/:id/unfollow": onOther("unfollow"),
}

describe("a write that the gateway may send to a second replica is answered alike by both, and done once:", () => {
  const names = Object.keys(AT_THE_GATEWAY).filter((name) => AT_THE_GATEWAY[name]?.repeats)

  test.for(names)("%s", async (name, { api }) => {
    const holder = await aTokenHolder(api)
    const write = await REPEATED[name]?.(api, holder)
    if (!write) throw new Error("nobody says how it is made")
    const [method] = name.split(" ")
    if (method !== "POST" && method !== "PUT") throw new Error(`a ${method}`)
    const make = () =>
      api.app.inject({ ...write, method, headers: { ...write.headers, ...bearer(holder.token) } })
    const [first, second] = [await make(), await make()]
    expect([first.statusCode, second.statusCode]).toEqual([200, 200])
    expect(second.json()).toEqual(first.json())
  })
})
