/** XYZ of an RGB space's primaries, adapted to D50, as its profile holds them. */
export interface Primaries {
  red: readonly [number, number, number]
  green: readonly [number, number, number]
  blue: readonly [number, number, number]
  gamma: number
}

/** Adobe RGB (1998), section 4.3. */
export const ADOBE_RGB: Primaries = {
  red: [0.60974, 0.31111, 0.01947],
  green: [0.20528, 0.62567, 0.06087],
  blue: [0.14919, 0.06322, 0.74457],
  gamma: 563 / 256,
}

const fixed = (value: number) => Math.round(value * 65_536)

function xyzTag([x, y, z]: readonly [number, number, number]): Buffer {
  const tag = Buffer.alloc(20)
  tag.write("XYZ ", 0, "latin1")
  for (const [index, value] of [x, y, z].entries()) tag.writeInt32BE(fixed(value), 8 + 4 * index)
  return tag
}

function curveTag(gamma: number): Buffer {
  const tag = Buffer.alloc(16)
  tag.write("curv", 0, "latin1")
  tag.writeUInt32BE(1, 8)
  tag.writeUInt16BE(Math.round(gamma * 256), 12)
  return tag
}

/** A display profile of three primaries and a gamma (ICC.1:2001-04). */
export function rgbProfile({ red, green, blue, gamma }: Primaries): Buffer {
  const tags: [string, Buffer][] = [
    ["wtpt", xyzTag([0.9642, 1, 0.82491])],
    ["rXYZ", xyzTag(red)],
    ["gXYZ", xyzTag(green)],
    ["bXYZ", xyzTag(blue)],
    ["rTRC", curveTag(gamma)],
    ["gTRC", curveTag(gamma)],
    ["bTRC", curveTag(gamma)],
  ]
  const table = Buffer.alloc(4 + 12 * tags.length)
  table.writeUInt32BE(tags.length, 0)
  let offset = 128 + table.length
  for (const [index, [name, data]] of tags.entries()) {
    table.write(name, 4 + 12 * index, "latin1")
    table.writeUInt32BE(offset, 8 + 12 * index)
    table.writeUInt32BE(data.length, 12 + 12 * index)
    offset += data.length
  }
  const header = Buffer.alloc(128)
  header.writeUInt32BE(offset, 0)
  header.writeUInt32BE(0x02_10_00_00, 8)
  header.write("mntrRGB XYZ ", 12, "latin1")
  header.write("acsp", 36, "latin1")
  header.writeInt32BE(fixed(0.9642), 68)
  header.writeInt32BE(fixed(1), 72)
  header.writeInt32BE(fixed(0.82491), 76)
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)])
}

/** A JPEG with a profile put in (ICC.1:2001-04, B.4): what the pixels mean is another matter. */
export function tagJpeg(jpeg: Uint8Array, profile: Uint8Array): Buffer {
  const head = Buffer.from("\xff\xe2\0\0ICC_PROFILE\0\x01\x01", "latin1")
  head.writeUInt16BE(head.length - 2 + profile.length, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)])
}
