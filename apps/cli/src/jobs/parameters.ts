import { type JobClass, type JobKey, parseJobClass, parseJobKey } from "@tintype/domain/jobs"
import { UsageError } from "../arguments.ts"

/** @throws UsageError */
export function readClass(text: string): JobClass {
  const jobClass = parseJobClass(text)
  if (!jobClass) throw new UsageError(`There is no class of jobs called ${text}.`)
  return jobClass
}

/** A job or a run of a workflow by its owner and id, `OWNER/ID`, as lists print it. @throws UsageError */
export function keyOf(text: string): JobKey {
  const [owner = "", id = ""] = text.split("/")
  const key = parseJobKey(owner, id)
  if (!key) throw new UsageError(`${text} is none: it has to be OWNER/ID, as lists print it.`)
  return key
}
