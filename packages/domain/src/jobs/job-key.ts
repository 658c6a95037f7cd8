import { parseId } from "@tintype/db"
import { JOB_CLASSES, type JobClass, type JobKey } from "@tintype/queue"

/** A job by its owner and id; undefined for what cannot be one. */
export function parseJobKey(owner: string, id: string): JobKey | undefined {
  const ownerId = parseId<"account">(owner)
  return ownerId && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? { ownerId, id } : undefined
}

export const parseOwner = parseId<"account">

export const parseJobClass = (text: string): JobClass | undefined => JOB_CLASSES.find((each) => each === text)
