import { Invalid, NotFound } from "@tintype/domain"
import { type JobKey, type PageRequest, parseJobKey, parseOwner } from "@tintype/domain/jobs"

/** @throws NotFound for what cannot be a job's key */
export function jobKeyOf({ owner, id }: { owner: string; id: string }): JobKey {
  const key = parseJobKey(owner, id)
  if (!key) throw new NotFound()
  return key
}

export const pageOf = ({ limit, after }: { limit: number; after?: string }): PageRequest => ({
  limit,
  ...(after && { after }),
})

function momentOf(text: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new Invalid("Validation failed: a time has to be ISO 8601")
  return date
}

interface Wanted {
  name?: string
  owner?: string
  from?: string
  to?: string
  /** Not conditions, or other ones' to read. */
  limit?: number
  after?: string
  job?: string
  trace?: string
}

/** The conditions that are given, as the domain takes them. @throws Invalid */
export function filterOf<W extends Wanted>(wanted: W) {
  const { name, owner, from, to, limit, after, job, trace, ...given } = wanted
  const ownerId = owner === undefined ? undefined : parseOwner(owner)
  if (ownerId === null) throw new Invalid("Validation failed: owner is no id")
  return {
    ...given,
    ...(name !== undefined && { name }),
    ...(ownerId && { ownerId }),
    ...(from !== undefined && { from: momentOf(from) }),
    ...(to !== undefined && { to: momentOf(to) }),
  }
}
