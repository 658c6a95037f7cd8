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

/** A little-endian TIFF of one directory with these tags and values. */
function tiff(
  entries: readonly (readonly [tag: number, value: number])[],
  order: "II" | "MM" = "II",
): Buffer {
  const file = Buffer.alloc(10 + entries.length * 12 + 4)
  const little = order === "II"
  const write16 = (value: number, at: number) =>
    little ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at)
  const write32 = (value: number, at: number) =>
    little ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at)
  file.write(order, 0, "latin1")
  write16(42, 2)
  write32(8, 4)
  write16(entries.length, 8)
  for (const [index, [tag, value]] of entries.entries()) {
    const at = 10 + index * 12
    write16(tag, at)
    write16(4, at + 2)
    write32(1, at + 4)
    write32(value, at + 8)
  }
  return file
}

test.for([
  ["DNG", tiff([[50_706, 0x0104]])],
  [
    "NEF",
    tiff(
      [
        [254, 1],
        [256, 160],
        [330, 300],
      ],
      "MM",
    ),
  ],
  ["CR2", Buffer.from("II*\0\x10\0\0\0CR\x02\0\0\0\0\0", "latin1")],
  ["CR3", brands("crx ", "isom")],
] as const)("a camera's raw file is refused with advice (%s)", ([, head]) => {
  expect(sniff(head)).toMatchObject({ supported: false, reason: expect.stringContaining("raw file") })
})

test("a TIFF with further images is a photo", () => {
  expect(
    sniff(
      tiff([
        [254, 0],
        [256, 4000],
        [330, 300],
      ]),
    ),
  ).toMatchObject({ type: "image/tiff" })
  expect(
    sniff(
      tiff([
        [254, 1],
        [256, 160],
      ]),
    ),
  ).toMatchObject({ type: "image/tiff" })
})

test.for([brands("isom", "mp41"), brands("qt  "), bytes("\x1aE\xdf\xa3")])(
  "a video is called one",
  (head) => {
    expect(sniff(head)).toMatchObject({ supported: false, reason: expect.stringContaining("video") })
  },
)
