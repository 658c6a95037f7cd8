import { collectDefaultMetrics, Registry } from "prom-client"
import type { Family } from "./exposition.ts"
import type { Metrics } from "./metrics.ts"

const TYPES = ["counter", "gauge", "histogram", "summary"] as const

/** Dozens of lines that nobody looks at before a heap snapshot. */
const UNASKED = ["total", "used", "available"].map((each) => `nodejs_heap_space_size_${each}_bytes`)

/** Memory, processor, event loop and garbage collection of this process, under the names that dashboards for Node know. */
export function addProcessFigures(metrics: Metrics): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of UNASKED) registry.removeSingleMetric(name)
  metrics.add(async () => {
    const found = await registry.getMetricsAsJSON()
    return found.map(({ name, help, type, values }): Family => {
      // Typed as the numbers of an enum, which exists for the compiler alone.
      const kind = TYPES.find((each) => each === String(type)) ?? "gauge"
      return { name, help, type: kind, samples: values.map((value) => sampleOf(name, value)) }
    })
  })
}

interface Value {
  value: number
  labels: Readonly<Record<string, string | number | undefined>>
  metricName?: string
}

const sampleOf = (name: string, { value, labels, metricName = name }: Value) => ({
  name: metricName,
  labels: Object.fromEntries(Object.entries(labels).map(([label, of]) => [label, String(of)])),
  value,
})
