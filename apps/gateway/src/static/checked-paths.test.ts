import { signPath } from "@tintype/media/signed-path"
import { expect, test } from "vitest"
import { CheckedPaths } from "./checked-paths.ts"

const SECRET = "a secret of more than thirty-two characters"
const NOW = 1_800_000_000

const pathOf = (media: number, expires: number | "public" = "public") =>
  `${signPath(SECRET, `11/${media}/1`, expires)}/640.jpg`

test("a path that was right stays so until it expires, and no other with it", () => {
  const paths = new CheckedPaths(SECRET)
  const path = pathOf(22, NOW + 60)
  for (const at of [NOW, NOW + 59]) {
    expect(paths.verify(path, at)).toEqual({ key: "11/22/1/640.jpg", expiresAt: NOW + 60 })
  }
  expect(paths.verify(path.replace("/22/", "/23/"), NOW)).toBeUndefined()
  expect(paths.verify(path.replace(String(NOW + 60), String(NOW + 61)), NOW)).toBeUndefined()
  for (const at of [NOW + 60, NOW + 61]) expect(paths.verify(path, at)).toBeUndefined()
})

test("no more are remembered than may be, and none that is wrong", () => {
  const paths = new CheckedPaths(SECRET, 3)
  for (let media = 1; media <= 10; media++) {
    paths.verify(pathOf(media).replace("/1/640", "/2/640"), NOW)
    expect(paths.count).toBe(Math.min(3, media - 1))
    paths.verify(pathOf(media), NOW)
  }
  for (const media of [1, 10]) expect(paths.verify(pathOf(media), NOW)?.key).toBe(`11/${media}/1/640.jpg`)
})
