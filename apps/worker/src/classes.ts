import type { WorkerConfig } from "@tintype/config"
import type { Classes, JobClass } from "@tintype/queue"

/** The classes that this process works on. That the configuration knows all there are, the compiler sees. */
export function classesOf({ classes, concurrency }: Pick<WorkerConfig, "classes" | "concurrency">): Classes {
  const all: Record<JobClass, number> = concurrency
  return Object.fromEntries(classes.map((each) => [each, { concurrency: all[each] }]))
}
