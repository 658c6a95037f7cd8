import type { Sql } from "postgres"
import { askUntilAnswered, type Member, openSignUps } from "./load/member.ts"
import { type MadePhoto, makePhotos, makePoison } from "./load/photos.ts"
import { createRandom } from "./random.ts"
import { until } from "./recovery/until.ts"
import type { ChaosSystem } from "./system/chaos-system.ts"

export interface PoisonOptions {
  seed: number
  poison: number
  innocents: number
}

export interface Poisoned {
  innocents: number
  "innocents that failed": number
  poison: number
  "poison not refused": number
  "child processes that died": number
  "longest way to its refusal s": string
}

/** Photos uploaded at once. */
const LANES = 6

interface Sent {
  member: Member
  id: string
  isPoison: boolean
}

async function send(member: Member, { bytes }: MadePhoto, isPoison: boolean): Promise<Sent> {
  const { status, body } = await askUntilAnswered(() => member.upload(bytes))
  // Within the time that an upload waits for its photo it may have been given up already: it has no id then.
  if (status === 422 && isPoison) return { member, id: "", isPoison }
  if (status !== 200 && status !== 202)
    throw new Error(`an upload was refused: ${status} ${JSON.stringify(body)}`)
  return { member, id: body.id, isPoison }
}

/** What a photo came to: 200, or 422 when it was given up. */
async function endOf({ member, id }: Sent): Promise<number> {
  if (id === "") return 422
  return until(`the photo ${id}`, async () => {
    const { status } = await askUntilAnswered(() => member.get(`/api/v1/media/${id}`))
    return status === 206 ? undefined : status
  })
}

/** Photos that kill whoever develops them, among many that do not: each fails alone. */
export async function poison({ system }: ChaosSystem, sql: Sql, options: PoisonOptions): Promise<Poisoned> {
  const random = createRandom(options.seed).fork("poison")
  const signUp = await openSignUps(system.gatewayUrl)
  const members: Member[] = []
  for (let index = 0; index < 12; index++) members.push(await signUp(`guest_${index}`))
  const [photos, killer] = [await makePhotos(8), await makePoison()]
  const [{ now: begin } = { now: new Date() }] = await sql<{ now: Date }[]>`select now()`
  const total = options.poison + options.innocents
  const order = random.shuffled(Array.from({ length: total }, (_, index) => index < options.poison))
  const sent: Sent[] = []
  const lane = async () => {
    for (let isPoison = order.pop(); isPoison !== undefined; isPoison = order.pop()) {
      const photo = isPoison ? killer : random.pick(photos)
      sent.push(await send(random.pick(members), photo, isPoison))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const ends: { isPoison: boolean; status: number }[] = []
  for (const each of sent) ends.push({ isPoison: each.isPoison, status: await endOf(each) })
  const [deaths] = await sql<{ children: number; seconds: number }[]>`
    select count(*)::int as children, coalesce(max(extract(epoch from finished_at - queued_at)), 0)::float8 as seconds
    from job_runs where name = 'media.develop' and state in ('failed', 'dead') and queued_at >= ${begin}`
  return {
    innocents: options.innocents,
    "innocents that failed": ends.filter(({ isPoison, status }) => !isPoison && status !== 200).length,
    poison: options.poison,
    "poison not refused": ends.filter(({ isPoison, status }) => isPoison && status !== 422).length,
    "child processes that died": deaths?.children ?? 0,
    "longest way to its refusal s": (deaths?.seconds ?? 0).toFixed(1),
  }
}
