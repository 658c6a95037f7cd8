const COLOURS: Record<string, number> = { gateway: 36, api: 32, worker: 33, web: 35 }
const LEVELS: Record<number, string> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "WARN",
  50: "ERROR",
  60: "FATAL",
}
const QUIET = new Set(["level", "time", "service", "pid", "msg", "err", "hostname"])

const isTerminal = process.stdout.isTTY === true
const paint = (code: number, text: string) => (isTerminal ? `\x1b[${code}m${text}\x1b[0m` : text)

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function words(fields: Record<string, unknown>): string {
  const { level, msg, err } = fields
  const rest = Object.entries(fields)
    .filter(([name]) => !QUIET.has(name))
    .map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`)
  const stack = err && typeof err === "object" && "stack" in err ? `\n${err.stack}` : ""
  const name = LEVELS[Number(level)] ?? ""
  return [name === "info" ? "" : name, msg, ...rest].filter(Boolean).join(" ") + stack
}

/** A process's line for a person: who said it, and JSON logs in words. */
export function readableLine(label: string, line: string): string {
  const fields = parse(line)
  const tag = paint(COLOURS[label.replace(/-\d+$/, "")] ?? 37, label.padEnd(9))
  return `${tag} ${fields ? words(fields) : line}`
}
