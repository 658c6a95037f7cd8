import { loadMigrateConfig } from "@tintype/config"
import { createLogger } from "@tintype/observe"
import { migrate } from "./migrate.ts"

const config = loadMigrateConfig()
const log = createLogger("migrate", config.logLevel)
try {
  const ran = await migrate({ url: config.databaseDirectUrl, log: (message) => log.info(message) })
  log.info({ ran: ran.length }, "the schema is up to date")
} catch (error) {
  log.fatal({ err: error }, "the migration failed")
  process.exitCode = 1
}
