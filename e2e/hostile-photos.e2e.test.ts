import { readdirSync } from "node:fs"
import { join } from "node:path"
import type { MediaAttachment, Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { gifClaiming, greedy, jpegClaiming, noise, plain, pngClaiming } from "@tintype/media/testing/photos"
import { developersOf } from "@tintype/media/testing/processes"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { Member, type Reply } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

/** AVIF is made after the photos are ready, when nothing else is to be done. */
const PATIENT = { timeout: 30_000 }

const LIMITS = { UPLOAD_MAX_MIB: "8", DEVELOP_MEMORY_MIB: "256" }

let system: System
let alice: Member

beforeAll(async () => {
  system = await openSystem({ env: LIMITS })
  alice = await Member.signUp(system.gatewayUrl, "alice")
})
afterAll(() => system?.stop())

const workerPid = () => system.tier("worker").pid ?? 0
const temporary = () => readdirSync(join(system.blobDir, "temporary"))
const begins = (...parts: string[]) => Buffer.from(parts.join(""), "latin1")
const text = (content: string) => async () => begins(content)
const cut = (file: Buffer) => file.subarray(0, 20_000)

/** A TIFF whose only entry says which version of DNG it is. */
const DNG = begins("II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0\0\0\0\0")

const sendTo = (member: Member, bytes: Uint8Array): Promise<Reply<MediaAttachment>> =>
  member.develop(new Uint8Array(bytes))

describe("a file that is no photo, or one too many", () => {
  test.for<[string, RegExp, () => Promise<Uint8Array>]>([
    [
      "an SVG named .jpg",
      /not a photo/,
      text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
    ],
    ["a page", /not a photo/, text("<!doctype html><script>alert(1)</script>")],
    ["a PDF", /not a photo/, text("%PDF-1.7\n1 0 obj")],
    [
      "an ImageMagick script",
      /not a photo/,
      text("push graphic-context\nimage over 0,0 0,0 'https://localhost/'"),
    ],
    ["nothing", /not a photo/, text("")],
    ["a HEIC", /Most Compatible/, text("\0\0\0\x18ftypheic\0\0\0\0mif1heic")],
    ["a camera's raw file", /raw file/, async () => DNG],
    ["a video", /video/, text("\0\0\0\x18ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\x08free")],
    ["a JPEG that breaks off", /damaged/, async () => cut(await noise(700, 700).jpeg().toBuffer())],
    ["a PNG that breaks off", /damaged/, async () => cut(await noise(700, 700).png().toBuffer())],
    ["a JPEG's head alone", /damaged/, text("\xff\xd8\xff\xe0 nothing here")],
    ["a PNG that lies about its size", /damaged/, async () => pngClaiming(5000, 5000)],
    ["a PNG of 4300 million pixels", /100 million pixels/, async () => pngClaiming(65_536, 65_536)],
    ["a JPEG of 280 million pixels", /100 million pixels/, () => jpegClaiming(20_000, 14_000)],
    ["a GIF of 4300 million pixels", /100 million pixels/, async () => gifClaiming(65_535, 65_535)],
    ["an AVIF of 25 million pixels", /24 million/, () => plain(5000, 5001).avif({ effort: 0 }).toBuffer()],
  ])("is refused with a reason: %s", async ([, reason, make]) => {
    const pid = workerPid()
    const { status, body } = await sendTo(alice, await make())
    expect(status).toBe(422)
    expect(body).toEqual({ error: expect.stringMatching(reason) })
    expect(temporary()).toEqual([])
    expect(workerPid()).toBe(pid)
  })

  test("is refused with the limit it breaks: too large", async () => {
    const { status, body } = await sendTo(alice, Buffer.alloc(9 * 1024 * 1024, "\xff\xd8\xff"))
    expect(status).toBe(413)
    expect(body).toEqual({ error: expect.stringContaining("8 MiB") })
    expect(temporary()).toEqual([])
  })

  test("is refused when it is not there", async () => {
    const { status, body } = await alice.send("/api/v2/media", { method: "POST", body: new FormData() })
    expect(status).toBe(422)
    expect(body).toEqual({ error: expect.stringContaining("file can't be blank") })
  })
})

describe("among innocent photos", { timeout: 180_000 }, () => {
  const innocents = (count: number) =>
    Promise.all(Array.from({ length: count }, async (_, seed) => alice.develop(await aPhoto(900, 700, seed))))
  const areReady = (replies: readonly Reply<MediaAttachment>[]) =>
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))

  const isGivenUp = async (id: string) => {
    const state = () => alice.get<{ error?: string }>(`/api/v1/media/${id}`)
    await expect.poll(async () => (await state()).status, { timeout: 120_000, interval: 200 }).toBe(422)
    expect((await state()).body.error).toMatch(/could not be developed/)
    const post = await alice.post<Status>("/api/v1/statuses", { media_ids: [id] })
    expect(post).toMatchObject({ status: 422, body: { error: expect.stringContaining("could not") } })
  }

  test("one that exceeds all memory fails alone, and can be neither posted nor hurried", async () => {
    const poison = new Uint8Array(await greedy(6000))
    const pid = workerPid()
    const upload = alice.upload(poison, "photo.jpg", "/api/v2/media")
    const [{ status, body }, others] = await Promise.all([upload, innocents(8)])
    areReady(others)
    expect(workerPid()).toBe(pid)
    // Three attempts may be over before the answer, or go on after it.
    expect([202, 422]).toContain(status)
    if (status === 422) expect(body).toEqual({ error: expect.stringMatching(/could not be developed/) })
    else await isGivenUp(body.id)
    await expect.poll(temporary, PATIENT).toEqual([])
  })

  test("those are developed whose process is killed under them", async () => {
    // AVIF of photos from before, for which there is time only now, is no photo of this test.
    await expect.poll(temporary, PATIENT).toEqual([])
    const pid = workerPid()
    const run = innocents(8)
    for (let round = 0; round < 2; round++) {
      const busy = () => (temporary().length > 0 ? developersOf(pid) : [])
      await vi.waitUntil(() => busy().length > 0, { timeout: 20_000, interval: 10 })
      for (const child of developersOf(pid)) process.kill(child, "SIGKILL")
    }
    areReady(await run)
    expect(workerPid()).toBe(pid)
    await expect.poll(temporary, PATIENT).toEqual([])
  })
})
