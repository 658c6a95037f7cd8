import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, onTestFinished, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

test("in development the web app's own server answers, with a policy it can work under", async () => {
  const dev = await startBackend((_req, res) =>
    res.writeHead(200, { "content-type": "text/html" }).end("dev"),
  )
  const gateway = await startGateway({ webDevUrl: dev.origin })

  const answer = await sendRequest(`${gateway.origin}/home`)

  expect(answer.body.toString()).toBe("dev")
  expect(answer.headers["content-security-policy"]).toContain("connect-src 'self' ws: wss:")
})

test("in development the socket by which the browser learns of changes passes through", async () => {
  const dev = createServer()
  dev.on("upgrade", (req, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n${req.url}`,
    )
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => dev.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    dev.close()
    dev.closeAllConnections()
  })
  const { port } = dev.address() as AddressInfo
  const gateway = await startGateway({ webDevUrl: `http://127.0.0.1:${port}` })
  const client = await connectRaw(gateway.port)

  client.write("GET /?token=x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
  await vi.waitFor(() => expect(client.received()).toMatch(/^HTTP\/1\.1 101 [\s\S]*\/\?token=x$/))
  client.write("ping")

  await vi.waitFor(() => expect(client.received()).toMatch(/ping$/))
  // The end of this test drains the gateway, which must not wait for this connection's.
})
