export type Labels = Readonly<Record<string, string>>

export interface Sample {
  /** The family's, or with what a histogram's parts end in. */
  name: string
  labels: Labels
  value: number
}

/** What is told under one name. Plain data: it can be sent to another process. */
export interface Family {
  name: string
  help: string
  type: "counter" | "gauge" | "histogram" | "summary"
  samples: readonly Sample[]
}

const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

function lineOf({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([label, of]) => `${label}="${escaped(of).replaceAll('"', '\\"')}"`,
  )
  const number = Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN"
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${number}`
}

/** The media type of `expositionOf`. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8"

/**
 * Families in Prometheus' text format, version 0.0.4. Those of one name, from several processes, become one; their
 * labels have to tell them apart.
 */
export function expositionOf(families: Iterable<Family>): string {
  const byName = new Map<string, string[]>()
  for (const { name, help, type, samples } of families) {
    if (samples.length === 0) continue
    const lines = byName.get(name) ?? [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`]
    for (const sample of samples) lines.push(lineOf(sample))
    byName.set(name, lines)
  }
  return [...byName.values()].map((lines) => `${lines.join("\n")}\n`).join("")
}
