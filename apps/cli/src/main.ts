import { loadCliConfig } from "@tintype/config"
import { openContext } from "@tintype/domain"
import { createLogger } from "@tintype/observe"
import { runCli } from "./run-cli.ts"

/** Where the standard output is for what was asked for, the log goes. */
const STDERR = 2

process.exitCode = await runCli(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
  open() {
    const config = loadCliConfig()
    return openContext(config, config, createLogger("cli", config.logLevel, STDERR))
  },
})
