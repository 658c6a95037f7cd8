import { expect, test } from "vitest"
import { sniff } from "./sniff.ts"

const bytes = (text: string) => Buffer.from(text.padEnd(64, "\0"), "latin1")
const brands = (...names: string[]) => {
  const size = 8 + 4 * (names.length + 1)
  return bytes(`\0\0\0${String.fromCharCode(size)}ftyp${names[0]}\0\0\0\0${names.slice(1).join("")}`)
}

test.for([
  ["image/jpeg", bytes("\xff\xd8\xff\xe0")],
  ["image/png", bytes("\x89PNG\r\n\x1a\n")],
  ["image/gif", bytes("GIF89a")],
  ["image/tiff", bytes("II*\0")],
  ["image/tiff", bytes("MM\0*")],
  ["image/webp", bytes("RIFF\x10\0\0\0WEBPVP8 ")],
  ["image/avif", brands("avif", "mif1")],
  ["image/avif", brands("mif1", "avif")],
] as const)("%s is told by its first bytes", ([type, head]) => {
  expect(sniff(head)).toEqual({ supported: true, type })
})

test("HEIC is refused with advice", () => {
  const found = sniff(brands("heic", "mif1"))
  expect(found).toMatchObject({ supported: false, reason: expect.stringContaining("Most Compatible") })
})

test.for(["<svg xmlns=", "%PDF-1.7", "GIF88a", "MZ", "", "\xff\xd8", "<!doctype html>"])(
  "%s is no photo",
  (text) => {
    expect(sniff(bytes(text))).toMatchObject({
      supported: false,
      reason: expect.stringContaining("not a photo"),
    })
  },
)

test("a file shorter than any header is no photo", () => {
  expect(sniff(new Uint8Array(0)).supported).toBe(false)
  expect(sniff(Buffer.from("\0\0\0\x0cftyp", "latin1")).supported).toBe(false)
})
