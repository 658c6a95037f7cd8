import { type Operation, setApart } from "./actor.ts"
import { count } from "./claims.ts"
import { askUntilAnswered, PASSWORD } from "./member.ts"

export const block: Operation = async ({ member, others, random, claims }) => {
  const other = random.pick(others)
  const name = `${member.id} ${other.id}`
  const wanted = !(claims.blocks.get(name) ?? false)
  setApart(claims, member.id, other.id)
  const path = `/api/v1/accounts/${other.id}/${wanted ? "block" : "unblock"}`
  const { status, body } = await askUntilAnswered(() => member.post(path))
  if (status === 200) {
    claims.blocks.set(name, wanted)
    count(claims, "blocks")
  } else if (status !== 404 || !claims.gone.has(other.id)) {
    claims.oddities.push(`a block was refused: ${status} ${JSON.stringify(body)}`)
  }
}

/** For good. Asked again after an answer got lost, there may be nobody any more. */
export const leave: Operation = async ({ member, claims, unposted }) => {
  // From here on nobody may rely on anything of theirs.
  claims.gone.add(member.id)
  for (const each of [claims.uploads, claims.posts, claims.comments])
    for (const [id, { ownerId }] of each) if (ownerId === member.id) each.delete(id)
  unposted.length = 0
  const { status } = await askUntilAnswered(() =>
    member.delete("/api/tintype/v1/account", { password: PASSWORD }),
  )
  if (status !== 200 && status !== 401) claims.oddities.push(`a member could not leave: ${status}`)
  count(claims, "accounts deleted")
}
