import { verifyCache } from "@tintype/domain"
import type { Command } from "../command.ts"
import { table } from "../table.ts"

export const cacheCommands: readonly Command[] = [
  {
    words: "cache verify",
    summary: "Compare all that is cached with the database",
    options: { repair: { type: "boolean", summary: "Drop what is stale" } },
    async run(ctx, { options }) {
      const data = await verifyCache(ctx, { repair: options.repair === true })
      const { compared, passedOver, stale } = data
      const rows = stale.map(({ key, cached, version }) => [key, cached, version])
      const list = rows.length > 0 ? table(["STALE", "CACHED", "DATABASE"], rows) : []
      const lines = [...list, `${compared} compared, ${stale.length} stale, ${passedOver} passed over`]
      return { lines, data, ...(stale.length > 0 && { failed: true as const }) }
    },
  },
]
