import { type Context, DomainError } from "@tintype/domain"
import { readCall, UsageError } from "./arguments.ts"
import { commands } from "./commands.ts"

export interface Io {
  print(text: string): unknown
  complain(text: string): unknown
  /** Opens the stores, once the call is known to make sense. */
  open(): { ctx: Context; close(): Promise<void> }
}

const show = (error: unknown) => (error instanceof Error ? error.message : String(error))

/**
 * Does what the arguments ask for.
 *
 * @returns the program's exit code: 0 done, 1 refused or not well, 2 a call that makes no sense
 */
export async function runCli(args: readonly string[], { print, complain, open }: Io): Promise<0 | 1 | 2> {
  try {
    const call = readCall(commands, args)
    if (typeof call === "string") {
      print(call)
      return 0
    }
    const { ctx, close } = open()
    try {
      const { lines, data, failed } = await call.command.run(ctx, call.given)
      print(call.json ? JSON.stringify(data, null, 2) : lines.join("\n"))
      return failed ? 1 : 0
    } finally {
      await close()
    }
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof DomainError)) throw error
    complain(show(error))
    return error instanceof UsageError ? 2 : 1
  }
}
