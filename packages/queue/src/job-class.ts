/**
 * The classes of work. Each has a queue of its own, so that none delays another, its own number of jobs at once, and
 * may have processes of its own.
 */
export const JOB_CLASSES = ["media", "feed", "notify", "mail", "push", "transfer", "upkeep"] as const

export type JobClass = (typeof JOB_CLASSES)[number]
