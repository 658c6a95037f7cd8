import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import sharp from "sharp"
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { Developers } from "./developers.ts"
import { openTestDarkroom } from "./testing/open-test-darkroom.ts"
import { noise, plain } from "./testing/photos.ts"
import { developersOf } from "./testing/processes.ts"

let darkroom: ReturnType<typeof openTestDarkroom> | undefined
const open = (limits: Parameters<typeof openTestDarkroom>[0]) => {
  darkroom = openTestDarkroom(limits)
  return darkroom
}
afterEach(() => darkroom?.close())

/** Takes a camera's photo's time to encode, though it is quickly made. */
const photo = async (width: number, height: number) =>
  sharp(await noise(200, 150).png().toBuffer()).resize(width, height, { fit: "fill" })

test("what a child says of damage counts when it has developed nothing before", {
  timeout: 60_000,
}, async () => {
  const childPath = new URL("./testing/forgetful-child.ts", import.meta.url)
  const developers = new Developers(1, { childPath, memoryMib: 500, seconds: 20, niceness: 0 }, 1)
  const request = { input: "", outDir: "", form: "jpeg" } as const
  for (let round = 0; round < 3; round++) {
    const result = await developers.develop(request, new AbortController().signal)
    expect(result).toEqual({ refused: "1", doubtful: true })
  }
  developers.close()
})

function prlimitIsThere(): boolean {
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Lets the darkroom's one child take that much more and then refuses it everything. */
function starve(moreMib: number): void {
  const [pid = 0] = developersOf(process.pid)
  const used = Number(/VmData:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024
  execFileSync("prlimit", ["--pid", String(pid), `--data=${used + moreMib * 1024 * 1024}`])
}

describe.skipIf(!prlimitIsThere())("memory that is refused", { timeout: 60_000 }, () => {
  let photos: Record<"jpeg" | "webp" | "tiff" | "png", Buffer>
  beforeAll(async () => {
    const image = await photo(1200, 900)
    photos = {
      jpeg: await image.clone().jpeg().toBuffer(),
      webp: await image.clone().webp({ effort: 0 }).toBuffer(),
      tiff: await image.clone().tiff({ compression: "lzw" }).toBuffer(),
      png: await image.clone().png({ compressionLevel: 1 }).toBuffer(),
    }
  })

  test.for([
    ["jpeg", 2],
    ["webp", 4],
    ["webp", 16],
    ["tiff", 4],
    ["png", 30],
  ] as const)(
    "is not the photo's fault (%s, %i MiB), which is developed next time",
    async ([format, mib]) => {
      const { develop } = open({ concurrency: 1 })
      await develop(plain(20, 20).png())
      starve(mib)
      const starved = await develop(photos[format]).catch((error: unknown) => error)
      if (!(starved instanceof Error))
        expect(starved).toMatchObject({ outcome: { developed: { width: 1200 } } })
      expect((await develop(photos[format])).outcome.developed).toMatchObject({ width: 1200 })
    },
  )
})

test("large photos at once are all developed", { timeout: 120_000 }, async () => {
  const { develop } = open({ concurrency: 4, memoryMib: 768, seconds: 100 })
  const large = await (await photo(4000, 3000)).jpeg().toBuffer()
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => develop(large)))
  expect(outcomes.map(({ outcome }) => outcome.developed?.width)).toEqual(Array(4).fill(2048))
})
