import { expect, test } from "vitest"
import { networkOf } from "./network-of.ts"

test("an address stands for its network", () => {
  expect(networkOf("203.0.113.9")).toBe("203.0.113.9")
  expect(networkOf("::ffff:203.0.113.9")).toBe("203.0.113.9")
  expect(networkOf("2001:DB8:1:2:3:4:5:6")).toBe("2001:db8:1:2")
  expect(networkOf("2001:db8:1:2::9")).toBe("2001:db8:1:2")
  expect(networkOf("2001:db8::9")).toBe("2001:db8:0:0")
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0")
  for (const here of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) expect(networkOf(here)).toBeNull()
})
