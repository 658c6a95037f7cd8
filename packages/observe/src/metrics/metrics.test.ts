import { get } from "node:http"
import { text } from "node:stream/consumers"
import { expect, onTestFinished, test } from "vitest"
import { createLogger } from "../logger.ts"
import { expositionOf } from "./exposition.ts"
import { createMetrics } from "./metrics.ts"
import { addProcessFigures } from "./process-figures.ts"
import { serveMetrics } from "./serve-metrics.ts"
import { Timings } from "./timings.ts"

test("figures are told in Prometheus' text format, as they are when somebody asks", async () => {
  const metrics = createMetrics({ process: "1" })
  let answers = 0
  metrics.counter("answers_total", "Answers.", () => [[{ status: "2xx" }, answers]])
  metrics.gauge("waiting", 'A "queue"\\\n.', async () => 7)
  answers = 3
  expect(expositionOf(await metrics.families())).toBe(
    [
      "# HELP answers_total Answers.",
      "# TYPE answers_total counter",
      'answers_total{process="1",status="2xx"} 3',
      '# HELP waiting A "queue"\\\\\\n.',
      "# TYPE waiting gauge",
      'waiting{process="1"} 7',
      "",
    ].join("\n"),
  )
})

test("what comes from outside cannot break out of a label", () => {
  const sample = { name: "a", labels: { of: 'x"} 1\nb{c="\\' }, value: 1 }
  expect(expositionOf([{ name: "a", help: "", type: "gauge", samples: [sample] }])).toBe(
    '# HELP a \n# TYPE a gauge\na{of="x\\"} 1\\nb{c=\\"\\\\"} 1\n',
  )
})

test("each bucket of durations holds what the smaller ones hold, bounds included", async () => {
  const timings = new Timings([0.1, 1])
  for (const seconds of [0.05, 0.1, 0.5, 7]) timings.note(seconds)
  const metrics = createMetrics()
  metrics.timings("took_seconds", "Took.", () => [[{ route: "api" }, timings]])
  expect(
    expositionOf(await metrics.families())
      .split("\n")
      .slice(2),
  ).toEqual([
    'took_seconds_bucket{route="api",le="0.1"} 2',
    'took_seconds_bucket{route="api",le="1"} 3',
    'took_seconds_bucket{route="api",le="+Inf"} 4',
    'took_seconds_sum{route="api"} 7.65',
    'took_seconds_count{route="api"} 4',
    "",
  ])
})

test("a figure that cannot be read is missing, and no other", async () => {
  const metrics = createMetrics()
  metrics.gauge("away", "Fails.", () => Promise.reject(new Error("away")))
  metrics.gauge("thrown", "Fails.", () => {
    throw new Error("away")
  })
  metrics.gauge("there", "Is there.", () => 1)
  expect((await metrics.families()).map(({ name }) => name)).toEqual(["there"])
})

test("what several processes tell is told under one name", async () => {
  const processes = ["1", "2"].map((process) => createMetrics({ process }))
  for (const each of processes) each.gauge("lives", "Lives.", () => 1)
  const families = (await Promise.all(processes.map((each) => each.families()))).flat()
  expect(expositionOf(families)).toBe(
    '# HELP lives Lives.\n# TYPE lives gauge\nlives{process="1"} 1\nlives{process="2"} 1\n',
  )
})

test("served at /metrics and nowhere else, with what Node tells of the process", async () => {
  const metrics = createMetrics()
  addProcessFigures(metrics)
  const server = await serveMetrics({
    host: "127.0.0.1",
    port: 0,
    log: createLogger("test", "fatal"),
    families: metrics.families,
  })
  onTestFinished(server.close)
  const ask = (path: string) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      get(`http://127.0.0.1:${server.port}${path}`, { agent: false }, async (res) =>
        resolve({ status: res.statusCode, body: await text(res) }),
      ).on("error", reject)
    })
  const { status, body } = await ask("/metrics")
  expect(status).toBe(200)
  expect(body).toMatch(/^process_resident_memory_bytes \d+$/m)
  expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m)
  expect(body).toMatch(/^process_cpu_seconds_total [\d.e-]+$/m)
  expect((await ask("/")).status).toBe(404)
})
