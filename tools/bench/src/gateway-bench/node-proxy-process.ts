import { readFileSync } from "node:fs"
import { Agent, createServer as createBareServer, type RequestListener, type Server } from "node:http"
import { createServer as createSecureServer } from "node:https"
import fastifyHttpProxy from "@fastify/http-proxy"
import fastProxy from "fast-proxy"
import fastify from "fastify"
import { createProxyServer } from "http-proxy-3"

/** A process of its own that is one of these proxies, set up for speed as far as its documentation says how. */
const [name = "", port = "", ...upstreams] = process.argv.slice(2)
const CONNECTIONS = 128
const { CERT, KEY } = process.env
const https = CERT && KEY ? { cert: readFileSync(CERT), key: readFileSync(KEY) } : null
const createServer = (listener: RequestListener): Server =>
  https ? createSecureServer(https, listener) : createBareServer(listener)

let turn = 0
/** Each upstream in turn. */
const next = () => `http://${upstreams[turn++ % upstreams.length]}`

const START: Readonly<Record<string, () => unknown>> = {
  "@fastify/http-proxy": () => {
    const app = fastify({ serverFactory: (handler) => createServer(handler) })
    app.register(fastifyHttpProxy, {
      upstream: "",
      undici: { connections: CONNECTIONS, pipelining: 1 },
      replyOptions: { getUpstream: next },
    })
    return app.listen({ port: Number(port), host: "127.0.0.1" })
  },
  "fast-proxy": () => {
    // Its fast form knows one upstream.
    const each = upstreams.map((name) => {
      const base = `http://${name}`
      return fastProxy({ base, undici: { connections: CONNECTIONS, pipelining: 1 } })
    })
    const server = createServer((req, res) => each[turn++ % each.length]?.proxy(req, res, req.url ?? "/"))
    return server.listen(Number(port), "127.0.0.1")
  },
  "http-proxy-3": () => {
    const proxy = createProxyServer({ agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }) })
    const server = createServer((req, res) => proxy.web(req, res, { target: next() }))
    return server.listen(Number(port), "127.0.0.1")
  },
}

const start = START[name]
if (!start) throw new Error(`there is no proxy ${name}`)
await start()
