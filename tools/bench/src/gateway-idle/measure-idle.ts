import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeCertificate } from "@tintype/dev"
import { startGateway } from "../gateway-faults/gateway.ts"
import { startStrictOrigin } from "../gateway-fuzz/strict-origin.ts"
import { residentMib } from "../resident-mib.ts"
import { type IdleClient, openIdle, type Protocol } from "./idle-clients.ts"

export interface IdlePlan {
  protocol: Protocol
  connections: number
  /** Connections that were open before, so that code and heap have grown to what work alone takes. */
  before: number
}

export interface IdleReport {
  connections: number
  "MiB before": number
  "MiB with them": number
  "KiB each": number
  /** Of all that were opened. */
  "still open": number
}

/** Being opened at a time. */
const TOGETHER = 32

/** What connections cost the gateway in memory that have carried a request and are kept open. */
export async function measureIdle({ protocol, connections, before }: IdlePlan): Promise<IdleReport> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), "tintype-idle-"))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const origin = opened.adopt(await startStrictOrigin(), (each) => each.stop())
  const settings = { ACCESS_LOG_PERCENT: "0", RATE_LIMITS: "off", ...tlsFor(protocol, dir) }
  const gateway = opened.adopt(await startGateway([origin], 1, settings), (each) => each.stop())
  await gateway.until(({ msg, standing }) => msg === "replica changed" && standing === "ready")
  const port = Number(new URL(gateway.origin).port)

  const clients: IdleClient[] = []
  opened.defer(() => {
    for (const each of clients) each.end()
  })
  await openMore(clients, before, () => openIdle(protocol, port))
  const mibBefore = residentMib(gateway.child.pid)
  await openMore(clients, before + connections, () => openIdle(protocol, port))
  const mibWith = residentMib(gateway.child.pid)
  return {
    connections,
    "MiB before": Math.round(mibBefore),
    "MiB with them": Math.round(mibWith),
    "KiB each": Math.round(((mibWith - mibBefore) * 1024) / connections),
    "still open": await countServed(clients),
  }
}

function tlsFor(protocol: Protocol, dir: string): Record<string, string> {
  if (protocol === "HTTP/1.1") return {}
  const { cert, key } = makeCertificate(dir, "own", ["localhost"])
  return { TLS_CERTIFICATES: `${cert}:${key}`, PUBLIC_URL: "https://localhost" }
}

/** Until there are `count` of them, each having had an answer. */
async function openMore(clients: IdleClient[], count: number, open: () => IdleClient): Promise<void> {
  const work = async () => {
    while (clients.length < count) {
      const client = open()
      clients.push(client)
      await client.ask()
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, work))
}

/** Those that are open; every hundredth of them has to prove it. @throws when one does not */
async function countServed(clients: readonly IdleClient[]): Promise<number> {
  const open = clients.filter((each) => each.isOpen)
  for (let n = 0; n < open.length; n += 100) await open[n]?.ask()
  return open.length
}
