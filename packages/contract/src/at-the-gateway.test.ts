import { describe, expect, test } from "vitest"
import { AT_THE_GATEWAY } from "./at-the-gateway.ts"
import { type RouteSpec, routes } from "./index.ts"

const specs: RouteSpec[] = Object.values(routes)
const nameOf = ({ method, url }: RouteSpec) => `${method} ${url}`

/** What a second one would do of the writes that the gateway sends once, whatever becomes of the first. */
const SENT_ONCE: Readonly<Record<string, string>> = {
  "POST /api/v1/accounts": "be refused: the name is taken",
  "PATCH /api/v1/accounts/update_credentials": "make other portraits of the same pictures",
  "POST /api/v1/accounts/:id/remove_from_followers": "end a follow that was begun in between",
  "POST /api/v1/accounts/:id/block": "end what was begun in between",
  "POST /api/v1/accounts/:id/unblock": "end a block that was begun in between",
  "POST /api/v1/accounts/:id/mute": "let its time begin anew",
  "POST /api/v1/accounts/:id/unmute": "end a mute that was begun in between",
  "POST /api/v1/apps": "register another client",
  "POST /oauth/token": "find the code used, and end the first one's token",
  "POST /oauth/revoke": "find nothing to do",
  "POST /api/tintype/v1/sign_up": "be refused: the name is taken",
  "POST /api/tintype/v1/session": "begin another session",
  "DELETE /api/tintype/v1/session": "find nothing to do",
  "DELETE /api/tintype/v1/account": "be refused: there is nobody any more",
  "POST /api/tintype/v1/exports": "be refused: one is under way",
  "POST /api/v1/lists": "make another list",
  "PUT /api/v1/lists/:id": "take back what was changed in between",
  "DELETE /api/v1/lists/:id": "be refused: it is not there",
  "POST /api/v1/lists/:id/accounts": "put back who was taken off in between",
  "DELETE /api/v1/lists/:id/accounts": "take off who was put back in between",
  "POST /api/v2/media": "keep another photo",
  "POST /api/v1/media": "keep another photo",
  "POST /api/tintype/v1/media/:id/retry": "be refused, or develop it again",
  "DELETE /api/v1/statuses/:id": "be refused: it is not there",
  "PATCH /api/tintype/v1/admin/jobs/classes/:class": "take back what was changed in between",
  "POST /api/tintype/v1/admin/jobs/jobs/:owner/:id/cancel": "be written down again",
  "PUT /api/tintype/v1/admin/jobs/dead/:owner/:id": "take back what was changed in between",
  "POST /api/tintype/v1/admin/jobs/dead/retry": "retry those that have failed again",
  "POST /api/tintype/v1/admin/jobs/dead/discard": "discard those that have come in between",
  "POST /api/tintype/v1/admin/jobs/schedules/:name/:act": "run it again",
  "POST /api/tintype/v1/admin/jobs/workflows/:owner/:id/cancel": "be written down again",
  "POST /api/tintype/v1/admin/jobs/workflows/:owner/:id/steps/:step/retry": "retry it again",
  "POST /api/tintype/v1/admin/jobs/workflows/:owner/:id/steps/:step/signal": "be refused: it has gone on",
}

describe("what the gateway knows of routes", () => {
  test("is of routes that there are", () => {
    const names = specs.map(nameOf)
    expect(Object.keys(AT_THE_GATEWAY).filter((each) => !names.includes(each))).toEqual([])
  })

  test("names the routes that honour a key, and only those", () => {
    const honouring = specs.filter((each) => each.idempotencyKey).map(nameOf)
    const keyed = Object.keys(AT_THE_GATEWAY).filter((each) => AT_THE_GATEWAY[each]?.repeats === "keyed")
    expect(keyed.sort()).toEqual(honouring.sort())
  })

  test("says of every write whether it may be sent twice, or why not", () => {
    const writes = specs.filter(({ method }) => method !== "GET").map(nameOf)
    const repeated = Object.keys(AT_THE_GATEWAY).filter((each) => AT_THE_GATEWAY[each]?.repeats)
    expect([...repeated, ...Object.keys(SENT_ONCE)].sort()).toEqual(writes.sort())
  })

  test("bounds every upload of a photo", () => {
    const uploads = specs.filter(({ files = [] }) => files.includes("file")).map(nameOf)
    expect(uploads.filter((each) => AT_THE_GATEWAY[each]?.limit !== "uploads")).toEqual([])
    expect(uploads.length).toBeGreaterThan(0)
  })
})
