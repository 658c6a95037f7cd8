import type { System } from "@tintype/dev"
import sharp from "sharp"
import { call, makePhoto, signUp, upload } from "./community.ts"

const SIZES = { "612 px": [612, 612], "2 MP": [1632, 1224], "12 MP": [4000, 3000] } as const
const ONE_BY_ONE = 20
const AT_ONCE = 24

const percentile = (sorted: number[], share: number) =>
  Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)

/** The same renditions by sharp in this very process, nothing else. */
async function sharpAlone(photo: Uint8Array): Promise<number> {
  const started = performance.now()
  const { data, info } = await sharp(photo)
    .resize({ width: 2048, withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: info.channels }
  const widths = [320, 640, 1080].filter((width) => width < info.width).concat(info.width)
  await Promise.all(
    widths.flatMap((width) => [
      sharp(data, { raw }).resize({ width }).jpeg({ quality: 80, progressive: true }).toBuffer(),
      sharp(data, { raw }).resize({ width }).avif({ quality: 55, effort: 0 }).toBuffer(),
    ]),
  )
  return performance.now() - started
}

/** From the upload's first byte to the answer with the finished photo, on a system that does nothing else. */
export async function measureDevelopment(system: System): Promise<Record<string, Record<string, number>>> {
  const token = await signUp(system.gatewayUrl, "photographer")
  const rows: Record<string, Record<string, number>> = {}
  for (const [name, [width, height]] of Object.entries(SIZES)) {
    const photo = await makePhoto(width, height)
    await upload(system.gatewayUrl, token, photo)
    const times: number[] = []
    for (let index = 0; index < ONE_BY_ONE; index++) {
      const started = performance.now()
      await upload(system.gatewayUrl, token, photo)
      times.push(performance.now() - started)
    }
    times.sort((a, b) => a - b)
    const alone: number[] = []
    for (let index = 0; index < 5; index++) alone.push(await sharpAlone(photo))
    alone.sort((a, b) => a - b)
    const started = performance.now()
    await Promise.all(Array.from({ length: AT_ONCE }, () => upload(system.gatewayUrl, token, photo)))
    rows[name] = {
      "ready p50 ms": percentile(times, 0.5),
      "ready p95 ms": percentile(times, 0.95),
      "sharp alone ms": percentile(alone, 0.5),
      "photos/s": Number((AT_ONCE / ((performance.now() - started) / 1000)).toFixed(1)),
    }
  }
  return rows
}

/** Posts a second by one client after another, photos already developed. */
export async function measurePosts(system: System): Promise<number> {
  const token = await signUp(system.gatewayUrl, "poster")
  const photo = await makePhoto(64, 64)
  const ids = await Promise.all(Array.from({ length: 100 }, () => upload(system.gatewayUrl, token, photo)))
  const started = performance.now()
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let index = client; index < ids.length; index += 8) {
      await call(`${system.gatewayUrl}/api/v1/statuses`, token, { status: "bench", media_ids: [ids[index]] })
    }
  })
  await Promise.all(clients)
  return Math.round(ids.length / ((performance.now() - started) / 1000))
}
