import sharp from "sharp"

/** A photo with a position in its EXIF, as phones make them; each seed another picture. */
export async function aPhoto(width = 800, height = 600, seed = 0): Promise<Uint8Array<ArrayBuffer>> {
  const noise = { type: "gaussian", mean: 90 + (seed % 80), sigma: 25 } as const
  const bytes = await sharp({ create: { width, height, channels: 3, background: "#567", noise } })
    .withExif({
      IFD0: { Make: "Canary Camera" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "52/1 31/1 0/1",
        GPSLongitudeRef: "E",
        GPSLongitude: "13/1 24/1 0/1",
      },
    })
    .jpeg()
    .toBuffer()
  return new Uint8Array(bytes)
}
