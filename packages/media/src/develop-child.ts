import { closeSync, openSync, readSync } from "node:fs"
import { performance } from "node:perf_hooks"
import sharp from "sharp"
import { printAnimation } from "./animation.ts"
import { blurhashOf } from "./blurhash-of.ts"
import {
  type DevelopReply,
  type DevelopRequest,
  type DevelopResult,
  parseRequest,
} from "./develop-messages.ts"
import { makeNegative } from "./negative.ts"
import { DAMAGED, faultOfMachine, PIXEL_LIMIT, refusalOfError, refusalOfSize } from "./refusals.ts"
import { printAvifs, printJpegs } from "./renditions.ts"
import { HEAD_BYTES, sniff } from "./sniff.ts"

/** The program of a darkroom's child process: one photo at a time, under the limits that its parent set. */

// Only the loaders that are wanted: never one of SVG, PDF or another format that reads other files or runs programs.
// Without the one for HDR gain maps (Uhdr) such photos are read as the plain JPEG that they also are.
sharp.block({ operation: ["VipsForeignLoad"] })
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegFile",
    "VipsForeignLoadPngFile",
    "VipsForeignLoadWebpFile",
    "VipsForeignLoadHeifFile",
    "VipsForeignLoadNsgifFile",
    "VipsForeignLoadTiffFile",
    // For our own pixels, in between.
    "VipsForeignLoadTiffBuffer",
  ],
})
sharp.cache(false)
sharp.concurrency(1)
process.umask(0o077)

/** Cameras write photos that decoders warn about: only errors make one damaged. */
const OPTIONS = { limitInputPixels: PIXEL_LIMIT, failOn: "error" } as const

class Refusal extends Error {
  override name = "Refusal"
  readonly doubtful: boolean

  constructor(reason: string, doubtful = false) {
    super(reason)
    this.doubtful = doubtful
  }
}

/** The photo is at fault for whatever goes wrong while it is decoded, if the machine is not. */
async function decoding<T>(decode: Promise<T>): Promise<T> {
  try {
    return await decode
  } catch (error) {
    if (faultOfMachine(error)) throw error
    const reason = refusalOfError(error)
    throw new Refusal(reason, reason === DAMAGED)
  }
}

/** The API looked at the type before; whatever else comes here is turned away before a decoder sees it. */
function checkType(input: string): void {
  const head = Buffer.alloc(HEAD_BYTES)
  const file = openSync(input, "r")
  try {
    const kind = sniff(head.subarray(0, readSync(file, head)))
    if (!kind.supported) throw new Refusal(kind.reason)
  } finally {
    closeSync(file)
  }
}

const millisecondsOf = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000

async function develop({ input, outDir, form }: DevelopRequest): Promise<DevelopResult> {
  const started = performance.now()
  const startedCpu = process.cpuUsage()
  checkType(input)
  const metadata = await decoding(sharp(input, OPTIONS).metadata())
  const refused = refusalOfSize(metadata)
  if (refused) throw new Refusal(refused)
  const negative = await decoding(makeNegative(input, OPTIONS, metadata))
  if (form === "avif") {
    await printAvifs(negative, outDir)
    return { refined: true }
  }
  const animated = await decoding(printAnimation(input, OPTIONS, metadata, outDir))
  const small = await printJpegs(negative, outDir)
  return {
    developed: {
      width: negative.width,
      height: negative.height,
      originalWidth: metadata.autoOrient.width,
      originalHeight: metadata.autoOrient.height,
      blurhash: blurhashOf(small),
      animated,
      sharpMs: performance.now() - started,
      cpuMs: millisecondsOf(process.cpuUsage(startedCpu)),
    },
  }
}

async function answer(message: unknown): Promise<DevelopResult> {
  try {
    return await develop(parseRequest(message))
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message, doubtful: error.doubtful }
    const code = faultOfMachine(error)
    return { failed: error instanceof Error ? error.message : "unknown", ...(code && { code }) }
  }
}

/** What has gathered by then is collected: each time would cost as much as developing a small photo does. */
const GATHERED_BYTES = 120 * 1024 * 1024

/** Pixels lie outside the small heap that would prompt a collection. */
function collect(): void {
  if (process.memoryUsage.rss() > GATHERED_BYTES) globalThis.gc?.()
}

const send = (reply: DevelopReply) => process.send?.(reply)

process.on("message", (message) => {
  send({ began: true })
  void answer(message).then((result) => {
    send(result)
    setImmediate(collect)
  })
})
// Without a parent there is nobody to develop for. An ordinary exit would wait for the decoder's threads.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))
// A terminal's ctrl-C goes to all its processes, but ours is for the parent to end: it lets photos finish.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {})
