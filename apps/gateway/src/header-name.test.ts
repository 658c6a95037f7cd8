import { expect, test } from "vitest"
import { headerName } from "./header-name.ts"

test("a name is told as it came and in lower case, first and again, however many others there were", () => {
  const names = Array.from({ length: 1_000 }, (_, n) => `X-Name-${n}`)
  for (const name of [...names, ...names, "X".repeat(1_000)]) {
    expect(headerName(name)).toEqual({ raw: name, key: name.toLowerCase() })
  }
  expect(headerName("x-name-1").raw).toBe("x-name-1")
})
