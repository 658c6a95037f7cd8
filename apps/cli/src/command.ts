import type { Context } from "@tintype/domain"

export interface Option {
  type: "string" | "boolean"
  /** What it does, for the help. */
  summary: string
}

/** What a call gave, checked against the command. */
export interface Given {
  parameters: readonly string[]
  options: Readonly<Record<string, string | boolean | undefined>>
}

/** What a command found or did. */
export interface Report {
  /** For people. */
  lines: readonly string[]
  /** The same for programs, with `--json`. */
  data: unknown
  /** The program ends with 1: what was looked for is not well. */
  failed?: true
}

/** One command: contract → operation, as a route is. */
export interface Command {
  /** The words that call it, such as `jobs dead list`. */
  words: string
  summary: string
  /** Names of what follows the words; in brackets what may be left out, with `...` at the end what may be repeated. */
  parameters?: readonly string[]
  options?: Readonly<Record<string, Option>>
  run(ctx: Context, given: Given): Promise<Report>
}
