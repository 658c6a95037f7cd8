import type { jobs } from "@tintype/domain"
import type { Handlers } from "@tintype/queue"

/** Handlers of some of the jobs: the features' together have to make all of them. */
export type JobHandlers = Partial<Handlers<typeof jobs>>
