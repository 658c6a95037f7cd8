import { defineJob } from "@tintype/queue"
import { Type } from "typebox"

/** Develops an upload. The row's state is the truth, the job only hurries it. */
export const developPhotoJob = defineJob({
  name: "media.develop",
  class: "media",
  payload: Type.Object({ mediaId: Type.String() }),
  attempts: 3,
  backoffMs: [500, 20_000],
  deadlineSeconds: 120,
})

/** Removes the files of uploads that nobody used. */
export const erasePhotosJob = defineJob({
  name: "media.erase",
  class: "upkeep",
  payload: Type.Object({ mediaIds: Type.Array(Type.String(), { maxItems: 1000 }) }),
  attempts: 50,
  backoffMs: [1_000, 600_000],
  deadlineSeconds: 60,
})

/** Removes renditions that have a new place. */
export const removeRenditionsJob = defineJob({
  name: "media.remove-renditions",
  class: "upkeep",
  payload: Type.Object({
    sets: Type.Array(Type.Object({ mediaId: Type.String(), attempt: Type.Integer() }), { maxItems: 100 }),
  }),
  attempts: 50,
  backoffMs: [1_000, 600_000],
  deadlineSeconds: 60,
})

/** Develops a photo again that lacks files which it cannot be shown without. */
export const repairRenditionsJob = defineJob({
  name: "media.repair",
  class: "media",
  payload: Type.Object({ mediaId: Type.String() }),
  attempts: 3,
  backoffMs: [1_000, 60_000],
  deadlineSeconds: 120,
  priority: 9,
  unique: { mode: "fold", key: ({ mediaId }) => mediaId },
})
