import { performance } from "node:perf_hooks"
import sharp from "sharp"
import { type DevelopReply, type DevelopRequest, parseRequest } from "./develop-messages.ts"
import { blurhashOf, isTurned, makeNegative, printAnimation, printRenditions } from "./renditions.ts"

/** The program of a darkroom's child process: one photo at a time, under the limits that its parent set. */

const LARGEST_PIXELS = 100_000_000

const FORMATS = new Set(["jpeg", "png", "webp", "gif", "tiff", "heif"])

sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ["VipsForeignLoad"] })
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegFile",
    "VipsForeignLoadPngFile",
    "VipsForeignLoadWebpFile",
    "VipsForeignLoadHeifFile",
    "VipsForeignLoadNsgifFile",
    "VipsForeignLoadTiffFile",
  ],
})

const DAMAGED = "This photo is damaged or incomplete. Please upload it again, or another copy of it."
const TOO_LARGE = "This photo has more than 100 million pixels. Please upload a smaller version."
const UNSUPPORTED = "This kind of file cannot be developed. Upload a JPEG, PNG, WebP, AVIF, GIF or TIFF file."

/** What to tell the member; undefined when it is the machine's fault, and another attempt may succeed. */
function refusal(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : ""
  if (/pixel limit|exceeds|maximum.*dimension/i.test(message)) return TOO_LARGE
  if (/unsupported image format|operation is blocked|no loader/i.test(message)) return UNSUPPORTED
  const isOurs = /memory|allocat|no space|quota|too many open|thread|read-only|permission/i.test(message)
  return isOurs ? undefined : DAMAGED
}

async function develop({ input, outDir }: DevelopRequest): Promise<DevelopReply> {
  const started = performance.now()
  const options = { limitInputPixels: LARGEST_PIXELS, failOn: "error", autoOrient: false } as const
  const photo = sharp(input, options)
  const metadata = await photo.metadata()
  if (!FORMATS.has(metadata.format)) return { refused: UNSUPPORTED }
  const { width, height, orientation = 1 } = metadata
  const negative = await makeNegative(photo, { width, height }, orientation)
  const [blurhash, animated] = await Promise.all([
    blurhashOf(negative),
    printAnimation(input, { pages: metadata.pages, width, height }, outDir),
    printRenditions(negative, outDir),
  ])
  const turned = isTurned(orientation)
  return {
    developed: {
      width: negative.width,
      height: negative.height,
      originalWidth: turned ? height : width,
      originalHeight: turned ? width : height,
      blurhash,
      animated,
      sharpMs: performance.now() - started,
    },
  }
}

async function answer(message: unknown): Promise<DevelopReply> {
  try {
    return await develop(parseRequest(message))
  } catch (error) {
    const detail = error instanceof Error ? error.message : "unknown"
    const refused = refusal(error)
    return refused ? { refused, detail } : { failed: detail }
  }
}

process.on("message", (message) => {
  void answer(message).then((reply) => process.send?.(reply))
})
process.on("disconnect", () => process.exit(0))
