import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import { type GatewayConfig, loadGatewayConfig } from "@tintype/config"
import { openBlobStore } from "@tintype/media/blob-store"
import { createLogger } from "@tintype/observe"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { buildGateway, type Gateway } from "../build-gateway.ts"
import type { Clock } from "../http-cache/clock.ts"
import { sendRequest } from "./send-request.ts"
import { SECRET } from "./start-gateway.ts"

export type Lines = readonly (readonly [name: string, value: string])[]

/** One request through the gateway, what the origin would answer, and where the answer must come from. */
export interface Step {
  method?: string
  headers?: OutgoingHttpHeaders
  /** Follows the path that all steps of a case share. */
  at?: string
  body?: string
  /** Seconds that pass before it. */
  after?: number
  status?: number
  /** The origin's header lines, `{here}` for the path of all steps; `Date` is added unless it is here. */
  answer?: Lines
  content?: string
  /** The origin breaks the connection instead of answering, or in the middle of its body. */
  breaks?: "head" | "body"
  /** `validated`: the origin is asked with a condition, and says that nothing changed. */
  from: "origin" | "cache" | "validated" | "nobody"
  /** What the client gets. */
  got?: { status?: number; headers?: Readonly<Record<string, unknown>>; content?: string }
  /** What the origin sees. */
  seen?: Readonly<Record<string, string | undefined>>
}

export type Case = readonly [name: string, ...steps: readonly Step[]]

interface Script {
  path: string
  step: Step
  seen: { method: string; headers: IncomingHttpHeaders }[]
}

const scripts = new Map<string, Script>()
let skipped = 0
let cases = 0
let base = ""

const clock: Clock = {
  date: () => Date.now() + skipped,
  ticks: () => performance.now() + skipped,
}

/** An HTTP date so many seconds from now. */
export const inSeconds = (seconds: number): string => new Date(clock.date() + seconds * 1000).toUTCString()

const origin = createServer((req, res) => {
  const script = scripts.get(req.url?.split("/")[3]?.split("?")[0] ?? "")
  if (!script) {
    res.end("{}")
    return
  }
  const { step, seen } = script
  seen.push({ method: req.method ?? "", headers: req.headers })
  if (step.breaks === "head") {
    req.socket.resetAndDestroy()
    return
  }
  const lines = (step.answer ?? []).map(([name, value]) => [name, value.replace("{here}", script.path)])
  if (!lines.some(([name]) => name?.toLowerCase() === "date")) lines.push(["Date", inSeconds(0)])
  res.sendDate = false
  req.resume().on("end", () => {
    res.writeHead(step.from === "validated" ? 304 : (step.status ?? 200), lines.flat())
    if (step.breaks === "body") res.write("the first half of", () => req.socket.resetAndDestroy())
    else res.end(step.from === "validated" ? undefined : contentOf(step, seen.length))
  })
})

const contentOf = (step: Step, count: number) => step.content ?? `answer ${count}`

async function openGateway(port: number): Promise<{ gateway: Gateway; port: number }> {
  const config: GatewayConfig = {
    ...loadGatewayConfig({ BLOB_DIR: "/nonexistent", SIGNING_SECRET: SECRET, PORT: "0", HOST: "127.0.0.1" }),
    apiUpstreams: [`http://127.0.0.1:${port}`],
  }
  const photos = openBlobStore({ dir: "/nonexistent" })
  const gateway = await buildGateway(config, { log: createLogger("gateway", "fatal"), photos, clock })
  return { gateway, port: await gateway.listen() }
}

/** Registers a test for each case: a path of its own, a gateway and an origin for all of them, real sockets between. */
export function conform(table: readonly Case[]): void {
  let gateway: Gateway
  beforeAll(async () => {
    await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve))
    const opened = await openGateway((origin.address() as AddressInfo).port)
    gateway = opened.gateway
    base = `http://127.0.0.1:${opened.port}/api/`
    await vi.waitUntil(async () => (await sendRequest(`${base}ready`)).status === 200, { timeout: 20_000 })
  })
  afterAll(async () => {
    await gateway.drain(0)
    origin.closeAllConnections()
    await new Promise((resolve) => origin.close(resolve))
  })
  test.for(table)("%s", async ([, ...steps]) => {
    cases++
    const id = `case${cases}`
    const script: Script = { path: `/api/x/${id}`, step: { from: "origin" }, seen: [] }
    scripts.set(id, script)
    for (const step of steps) await take(step, id, script)
  })
}

async function take(step: Step, id: string, script: Script): Promise<void> {
  skipped += (step.after ?? 0) * 1000
  script.step = step
  const before = script.seen.length
  const answer = await sendRequest(`${base}x/${id}${step.at ?? ""}`, {
    ...(step.method && { method: step.method }),
    ...(step.headers && { headers: step.headers }),
    ...(step.body !== undefined && { body: step.body }),
  }).catch(() => undefined)

  const reached = script.seen.slice(before)
  const what = JSON.stringify(step)
  const asksOrigin = step.from === "origin" || step.from === "validated"
  expect(reached.length, `origin asked for ${what}`).toBe(asksOrigin ? 1 : 0)
  const last = reached[0]
  if (step.from === "validated") {
    const { "if-none-match": tag, "if-modified-since": since } = last?.headers ?? {}
    expect(tag ?? since, `condition for ${what}`).toBeDefined()
  }
  for (const [name, value] of Object.entries(step.seen ?? {})) expect(last?.headers[name], name).toBe(value)
  if (step.got === undefined) return
  expect(answer?.status, `status for ${what}`).toBe(step.got.status ?? 200)
  for (const [name, value] of Object.entries(step.got.headers ?? {})) {
    expect(answer?.headers[name], `${name} for ${what}`).toEqual(value)
  }
  if (step.got.content !== undefined) expect(answer?.body.toString(), what).toBe(step.got.content)
}
