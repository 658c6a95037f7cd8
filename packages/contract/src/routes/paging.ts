import { type Static, Type } from "typebox"
import { IdText } from "../schema-parts.ts"

export const ById = Type.Object({ id: IdText })

/** Keyset paging as Mastodon's: `max_id` older than, `since_id` newer than, `min_id` right after. */
export const paging = (most: number, usual: number) => ({
  max_id: Type.Optional(IdText),
  since_id: Type.Optional(IdText),
  min_id: Type.Optional(IdText),
  limit: Type.Integer({ minimum: 1, maximum: most, default: usual }),
})

const anyPage = Type.Object(paging(80, 40))
export type Paging = Static<typeof anyPage>
