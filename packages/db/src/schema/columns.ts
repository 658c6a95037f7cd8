import { customType, timestamp } from "drizzle-orm/pg-core"
import type { Id } from "../ids.ts"

/** A 64-bit id: `bigint` in Postgres, a branded decimal string in TypeScript. */
export const id = <T extends Id>(name: string) =>
  customType<{ data: T; driverData: string }>({ dataType: () => "bigint" })(name)

export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" })

export const createdAt = () => moment("created_at").notNull().defaultNow()
