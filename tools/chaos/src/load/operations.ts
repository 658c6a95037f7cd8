import { setTimeout as sleep } from "node:timers/promises"
import type { Status } from "@tintype/contract"
import type { Random } from "../random.ts"
import { type Actor, mayBeRefused, type Operation, ownerOf } from "./actor.ts"
import { count } from "./claims.ts"
import { askUntilAnswered } from "./member.ts"
import { block } from "./part.ts"
import { comment, edit } from "./talk.ts"

/** Photos take a while to be developed, longer while everything fails. */
const DEVELOPED_WITHIN_MS = 90_000

const upload: Operation = async ({ member, photos, random, claims, unposted }) => {
  const { bytes, sha256 } = random.pick(photos)
  const { status, body, silence } = await member.upload(bytes)
  const isTaken = status === 200 || status === 202
  count(claims, isTaken ? "uploads" : `uploads not acknowledged (${silence ?? status})`)
  if (status !== 200 && status !== 202) {
    if (status >= 400 && status < 500)
      claims.oddities.push(`an upload was refused: ${status} ${JSON.stringify(body)}`)
    return
  }
  claims.uploads.set(body.id, { ownerId: member.id, sha256, poison: false })
  unposted.push(body.id)
}

async function untilDeveloped({ member }: Actor, id: string): Promise<boolean> {
  const end = performance.now() + DEVELOPED_WITHIN_MS
  while (performance.now() < end) {
    const { status } = await askUntilAnswered(() => member.get(`/api/v1/media/${id}`))
    if (status === 200) return true
    if (status !== 206) return false
    await sleep(200)
  }
  return false
}

const post: Operation = async (actor) => {
  const { member, claims, unposted } = actor
  const mediaId = unposted.shift()
  if (mediaId === undefined) return upload(actor)
  if (!(await untilDeveloped(actor, mediaId))) return count(claims, "photos not developed in time")
  const key = `chaos ${member.id} ${claims.keys.size}`
  claims.keys.add(key)
  const body = { status: key, media_ids: [mediaId], visibility: "public" }
  const answer = await askUntilAnswered(() =>
    member.post<Status>("/api/v1/statuses", body, { "idempotency-key": key }),
  )
  if (answer.status !== 200) {
    claims.oddities.push(`a post was refused: ${answer.status} ${JSON.stringify(answer.body)}`)
    return
  }
  count(claims, "posts")
  claims.posts.set(answer.body.id, { ownerId: member.id, key, caption: key, mediaId })
}

const like: Operation = async ({ member, random, claims }) => {
  const ids = [...claims.posts.keys(), ...claims.comments.keys()]
  if (ids.length === 0) return
  const id = random.pick(ids)
  const ownerId = ownerOf(claims, id) ?? ""
  const name = `${member.id} ${id}`
  const wanted = !(claims.likes.get(name) ?? false)
  const path = `/api/v1/statuses/${id}/${wanted ? "favourite" : "unfavourite"}`
  const { status, body } = await askUntilAnswered(() => member.post<Status>(path))
  if (status === 200) {
    claims.likes.set(name, wanted)
    count(claims, "likes")
    return
  }
  const isThere = ownerOf(claims, id) !== undefined && !mayBeRefused(claims, member.id, ownerId)
  if (status !== 404 || isThere) {
    claims.oddities.push(`a like was refused: ${status} ${JSON.stringify(body)}`)
  }
}

const follow: Operation = async ({ member, others, random, claims }) => {
  const other = random.pick(others)
  const name = `${member.id} ${other.id}`
  const wanted = !(claims.follows.get(name) ?? false)
  const path = `/api/v1/accounts/${other.id}/${wanted ? "follow" : "unfollow"}`
  const { status, body } = await askUntilAnswered(() => member.post(path))
  if (status === 403 || status === 404) {
    if (mayBeRefused(claims, member.id, other.id)) return
  }
  if (status !== 200) {
    claims.oddities.push(`a follow was refused: ${status} ${JSON.stringify(body)}`)
    return
  }
  claims.follows.set(name, wanted)
  count(claims, "follows")
}

/** Of a post or comment. Asked again after an answer got lost, it may be gone already. */
const remove: Operation = async ({ member, random, claims }) => {
  const own = [...claims.posts, ...claims.comments].filter(([, { ownerId }]) => ownerId === member.id)
  if (own.length === 0) return
  const [id] = random.pick(own)
  // From here on nobody may rely on it.
  const mediaId = claims.posts.get(id)?.mediaId
  if (mediaId) claims.uploads.delete(mediaId)
  claims.posts.delete(id)
  claims.comments.delete(id)
  const { status } = await askUntilAnswered(() => member.delete(`/api/v1/statuses/${id}`))
  if (status !== 200 && status !== 404) {
    claims.oddities.push(`a post could not be deleted: ${status}`)
    return
  }
  claims.deleted.add(id)
  count(claims, "deletes")
}

/** Fills caches and warms timelines; what was acknowledged before has to be there. */
const look: Operation = async ({ member, random, claims }) => {
  const own = [...claims.posts].filter(([, { ownerId }]) => ownerId === member.id)
  await member.get("/api/v1/timelines/home")
  if (own.length === 0) return
  const [id] = random.pick(own)
  const { status } = await member.get(`/api/v1/statuses/${id}`)
  count(claims, "looks")
  if (status === 404) claims.oddities.push(`the own post ${id} could not be seen`)
}

const WEIGHTS: readonly (readonly [weight: number, operation: Operation])[] = [
  [26, upload],
  [17, post],
  [20, like],
  [8, follow],
  [12, comment],
  [5, edit],
  [2, block],
  [4, remove],
  [6, look],
]

/** Each leads to the next, and is counted under this name. Who has nothing to post uploads it first. */
const STORY: readonly (readonly [what: string, operation: Operation])[] = [
  ["posts", post],
  ["posts", post],
  ["comments", comment],
  ["edits", edit],
  ["blocks", block],
  ["deletes", remove],
]

/** Does what nobody has done yet: chance left it out, or a machine on which nothing was developed in time. */
export async function makeUp(actor: Actor): Promise<void> {
  for (const [what, operation] of STORY) if (!actor.claims.counts.has(what)) await operation(actor)
}

/** What a member does next. */
export function drawOperation(random: Random): Operation {
  let at = random.next() * WEIGHTS.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, operation] of WEIGHTS) {
    at -= weight
    if (at < 0) return operation
  }
  return look
}
