import type { Status } from "@tintype/contract"
import { mayBeRefused, type Operation, ownerOf } from "./actor.ts"
import { count } from "./claims.ts"
import { askUntilAnswered } from "./member.ts"

/** Of a post or of a comment; asked again with its key, so that it is there once. */
export const comment: Operation = async ({ member, random, claims }) => {
  const ids = [...claims.posts.keys(), ...claims.comments.keys()]
  if (ids.length === 0) return
  const parentId = random.pick(ids)
  const parentOwner = ownerOf(claims, parentId) ?? ""
  const key = `chaos ${member.id} ${claims.keys.size}`
  claims.keys.add(key)
  const body = { status: key, in_reply_to_id: parentId }
  const answer = await askUntilAnswered(() =>
    member.post<Status>("/api/v1/statuses", body, { "idempotency-key": key }),
  )
  if (answer.status === 200) {
    claims.comments.set(answer.body.id, { ownerId: member.id, key, caption: key, parentId })
    count(claims, "comments")
    return
  }
  const isThere = ownerOf(claims, parentId) !== undefined && !mayBeRefused(claims, member.id, parentOwner)
  if (answer.status !== 404 || isThere) {
    claims.oddities.push(`a comment was refused: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
}

/** Of an own post or comment: what it says last is what has to stand. */
export const edit: Operation = async ({ member, random, claims }) => {
  const own = [...claims.posts, ...claims.comments].filter(([, { ownerId }]) => ownerId === member.id)
  if (own.length === 0) return
  const [id, claim] = random.pick(own)
  const caption = `${claim.key} edited ${random.between(0, 999_999)}`
  const { status, body } = await askUntilAnswered(() =>
    member.put<Status>(`/api/v1/statuses/${id}`, { status: caption }),
  )
  if (status !== 200) {
    claims.oddities.push(`an edit was refused: ${status} ${JSON.stringify(body)}`)
    return
  }
  claim.caption = caption
  count(claims, "edits")
}
