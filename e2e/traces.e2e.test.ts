import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { expect, onTestFinished, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

interface Span {
  service: string
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] }
    scopeSpans: { spans: Omit<Span, "service">[] }[]
  }[]
}

/** An OTLP collector that remembers what it is sent. */
async function startCollector(): Promise<{ url: string; spans: Span[] }> {
  const spans: Span[] = []
  const server = createServer(async (req, res) => {
    // Of our own processes, and checked by what follows from it.
    const { resourceSpans } = (await json(req)) as Export
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? ""
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))))
    }
    res.writeHead(200, { "content-type": "application/json" }).end("{}")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans }
}

test("an upload is one trace, from the gateway through the api and its job to the worker", async () => {
  const collector = await startCollector()
  const logged: string[] = []
  const system = await openSystem({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    onLine: (_tier, line) => void logged.push(line),
  })
  onTestFinished(system.stop)
  const member = await Member.signUp(system.gatewayUrl, "traced")
  const forged = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  const form = new FormData()
  form.set("file", new File([await aPhoto()], "photo.jpg"))
  const uploaded = await member.send("/api/v2/media", {
    method: "POST",
    body: form,
    headers: { traceparent: forged },
  })
  expect([200, 202]).toContain(uploaded.status)
  const requestId = uploaded.headers.get("x-request-id") ?? ""
  const traceId = requestId.replaceAll("-", "")

  const ofTrace = () => collector.spans.filter((span) => span.traceId === traceId)
  await expect
    .poll(
      () =>
        ofTrace()
          .map(({ service }) => service)
          .sort(),
      { timeout: 20_000 },
    )
    .toEqual(["tintype-api", "tintype-gateway", "tintype-worker"])
  const [api, gateway, worker] = ofTrace().sort((a, b) => (a.service < b.service ? -1 : 1))
  expect(gateway).toMatchObject({ name: "POST /api" })
  expect(gateway?.parentSpanId ?? "").toBe("")
  expect(api).toMatchObject({ name: "POST /api/v2/media", parentSpanId: gateway?.spanId })
  expect(worker).toMatchObject({ name: "media.develop", parentSpanId: api?.spanId })
  // A client cannot put its requests into a trace of its choice.
  expect(collector.spans.map((span) => span.traceId)).not.toContain(forged.split("-")[1])
  const access = logged.find((line) => line.includes(requestId) && line.includes('"msg":"request"'))
  expect(access).toContain(`"traceId":"${traceId}"`)
}, 240_000)
