import { expect, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const GIVEN = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "vendor=1",
}

test.for([
  ["a client's trace is not gone on with", [], GIVEN, [undefined, undefined]],
  ["a trusted proxy's is", ["127.0.0.1"], GIVEN, [GIVEN.traceparent, GIVEN.tracestate]],
  ["nor is one that makes no sense", ["127.0.0.1"], { traceparent: "00-0-0-01" }, [undefined, undefined]],
  ["nor a state without a trace", ["127.0.0.1"], { tracestate: "vendor=1" }, [undefined, undefined]],
] as const)("%s", async ([, trustedProxies, headers, seen]) => {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin], trustedProxies })
  await sendRequest(`${gateway.origin}/api/x`, { headers })
  const [request] = backend.requests
  expect([request?.headers.traceparent, request?.headers.tracestate]).toEqual(seen)
})
