import { type Static, Type } from "typebox"
import { DateTime, named, orNull } from "../schema-parts.ts"

const Counter = Type.Integer()

/** What the entity caches did, each process' own since it began. */
export const CacheStatus = named(
  "CacheStatus",
  Type.Object({
    store: orNull(
      Type.Object({
        used_bytes: Type.Integer(),
        most_bytes: Type.Integer({ description: "0: as many as there are" }),
      }),
    ),
    processes: Type.Array(
      Type.Object({
        service: Type.String(),
        host: Type.String(),
        pid: Type.Integer(),
        since: DateTime,
        in_use: Type.Boolean({ description: "Redis is there and believed" }),
        first_level_bytes: Type.Integer({
          description: "What the process answers by itself takes, estimated",
        }),
        hits: Type.Integer({ description: "The two levels together" }),
        first_level_hits: Counter,
        absent_hits: Type.Integer({ description: "Of the hits, those that said: there is none" }),
        stale_serves: Type.Integer({ description: "Of the hits, those that were due for renewal" }),
        misses: Counter,
        loaded_keys: Counter,
        fills: Counter,
        refused_fills: Counter,
        renewals: Counter,
        lease_waits: Counter,
        publishes: Counter,
        refused_publishes: Counter,
        compared: Type.Integer({ description: "Hits that were compared with the database" }),
        found_stale: Type.Integer({ description: "Of those, the ones older than it: a fault" }),
        too_large: Counter,
        characters_read: Counter,
        characters_written: Counter,
      }),
    ),
  }),
)
export type CacheStatus = Static<typeof CacheStatus>
