import { createHash } from "node:crypto"
import { greedy } from "@tintype/media/testing/photos"
import sharp from "sharp"

export interface MadePhoto {
  bytes: Uint8Array<ArrayBuffer>
  /** Hexadecimal. */
  sha256: string
}

const made = (bytes: Uint8Array): MadePhoto => ({
  bytes: new Uint8Array(bytes),
  sha256: createHash("sha256").update(bytes).digest("hex"),
})

/** Small photos, each another picture. */
export function makePhotos(count: number): Promise<MadePhoto[]> {
  const make = async (index: number) => {
    const noise = { type: "gaussian", mean: 60 + 10 * index, sigma: 20 } as const
    const size = { width: 360 + 8 * index, height: 270, channels: 3, background: "#567" } as const
    return made(
      await sharp({ create: { ...size, noise } })
        .jpeg({ quality: 70 })
        .toBuffer(),
    )
  }
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)))
}

/** Takes more memory to develop than there is: its child process dies, each time. */
export const makePoison = async (): Promise<MadePhoto> => made(await greedy(6000))

/** Takes a second or two to develop. */
export const makeLargePhoto = async (): Promise<MadePhoto> => {
  const noise = { type: "gaussian", mean: 120, sigma: 30 } as const
  const size = { width: 3000, height: 2200, channels: 3, background: "#567" } as const
  return made(
    await sharp({ create: { ...size, noise } })
      .jpeg({ quality: 80 })
      .toBuffer(),
  )
}
