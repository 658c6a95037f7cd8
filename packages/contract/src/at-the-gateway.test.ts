import { describe, expect, test } from "vitest"
import { AT_THE_GATEWAY } from "./at-the-gateway.ts"
import { type RouteSpec, routes } from "./index.ts"

const specs: RouteSpec[] = Object.values(routes)
const nameOf = ({ method, url }: RouteSpec) => `${method} ${url}`

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

  test("bounds every upload of a photo", () => {
    const uploads = specs.filter(({ files = [] }) => files.includes("file")).map(nameOf)
    expect(uploads.filter((each) => AT_THE_GATEWAY[each]?.limit !== "uploads")).toEqual([])
    expect(uploads.length).toBeGreaterThan(0)
  })
})
