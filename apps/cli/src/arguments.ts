import { parseArgs } from "node:util"
import type { Command, Given } from "./command.ts"

/** The call makes no sense; the message is for whoever made it. */
export class UsageError extends Error {
  override name = "UsageError"
}

export interface Call {
  command: Command
  given: Given
  json: boolean
}

const usageOf = ({ words, parameters = [], options = {} }: Command): string =>
  [
    "tintype",
    words,
    ...parameters,
    ...Object.entries(options).map(([name, { type }]) =>
      type === "boolean" ? `[--${name}]` : `[--${name} ${name.toUpperCase()}]`,
    ),
  ].join(" ")

/** What there is to call, of the commands that begin with some words. */
export function help(commands: readonly Command[], words = ""): string {
  const wanted = commands.filter((command) => `${command.words} `.startsWith(words && `${words} `))
  const listed = wanted.length > 0 ? wanted : commands
  const one = wanted.length === 1 ? wanted[0] : undefined
  const options = Object.entries({
    ...one?.options,
    json: { summary: "print JSON" },
    help: { summary: "print this" },
  })
  return [
    ...listed.flatMap((command) => [usageOf(command), `    ${command.summary}`]),
    "",
    ...options.map(([name, { summary }]) => `--${name.padEnd(12)} ${summary}`),
  ].join("\n")
}

function checkCount({ parameters = [] }: Command, count: number): boolean | undefined {
  const least = parameters.filter((name) => !name.startsWith("[")).length
  return count >= least && (parameters.at(-1)?.endsWith("...") || count <= parameters.length)
}

function find(commands: readonly Command[], words: readonly string[]): Command {
  const text = `${words.join(" ")} `
  const [command] = commands
    .filter((each) => text.startsWith(`${each.words} `))
    .sort((a, b) => b.words.length - a.words.length)
  if (!command) throw new UsageError(`There is no such command.\n\n${help(commands, words[0])}`)
  return command
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...command.options, json: { type: "boolean", default: false } },
    })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${message}\n\n${help([command])}`, { cause })
  }
}

/**
 * The command that the arguments call, and what they give it.
 *
 * @returns a text instead where help is asked for
 * @throws UsageError
 */
export function readCall(commands: readonly Command[], args: readonly string[]): Call | string {
  const words = args.filter((arg) => !arg.startsWith("-"))
  if (args.includes("--help") || args.length === 0) return help(commands, words.join(" "))
  const command = find(commands, words)
  const { positionals, values } = parse(command, args)
  const { json, ...options } = values
  const parameters = positionals.slice(command.words.split(" ").length)
  if (!checkCount(command, parameters.length)) throw new UsageError(usageOf(command))
  return { command, given: { parameters, options }, json: json === true }
}
