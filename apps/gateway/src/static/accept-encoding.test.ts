import { expect, test } from "vitest"
import { type Coding, chooseCoding } from "./accept-encoding.ts"

const BOTH = new Set<Coding>(["br", "gzip"])
const ALL = new Set<Coding>(["gzip", "zstd", "br"])

test.for([
  ["gzip, deflate, br, zstd", BOTH, "br"],
  ["gzip", BOTH, "gzip"],
  ["GZIP;q=0.5", BOTH, "gzip"],
  ["br;q=0, gzip", BOTH, "gzip"],
  ["*", BOTH, "br"],
  ["*;q=0", BOTH, undefined],
  ["br;q=0, *", BOTH, "gzip"],
  ["br", new Set<Coding>(["gzip"]), undefined],
  ["gzip, deflate, br, zstd", ALL, "br"],
  ["gzip, zstd", ALL, "zstd"],
  ["zstd", BOTH, undefined],
  ["identity", BOTH, undefined],
  ["br;q=nonsense", BOTH, undefined],
  ["", BOTH, undefined],
  [undefined, BOTH, undefined],
] as const)("%s of %o: %s", ([header, available, coding]) => {
  expect(chooseCoding(header, available)).toBe(coding)
})
