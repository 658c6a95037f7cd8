import { randomInt } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { type Gateway, startGateway } from "./gateway.ts"
import { openLedger } from "./ledger.ts"
import { Load } from "./load.ts"
import { NamedHosts } from "./named-hosts.ts"
import { Replica } from "./replica.ts"
import { type Report, reportOf } from "./report.ts"

/** What goes wrong, and how long each part of it takes. */
export interface Extent {
  /** Requests a second. */
  rate: number
  /** Times that the fault is repeated. */
  times: number
  /** Between two faults, and before the first and after the last. */
  calmMs: number
  /** How long a replica says that it drains before it does. */
  noticeMs: number
}

interface Scene {
  replicas: readonly Replica[]
  gateway: Gateway
  /** Starts another one on the same port, with the same settings. */
  another: () => Promise<Gateway>
  extent: Extent
  /** Notes how long it took until a replica was passed over. */
  ejected: (ms: number) => void
}

const pick = (scene: Scene, n: number): Replica => {
  const replica = scene.replicas[n % scene.replicas.length]
  if (!replica) throw new Error("there are no replicas")
  return replica
}

/** On loopback addresses of their own, where nobody takes the port while its replica is away. */
function names(): string[] {
  const net = `127.${randomInt(1, 255)}.${randomInt(255)}`
  return [1, 2, 3].map((host) => `${net}.${host}:3000`)
}

interface Setting {
  processes?: number
  settings?: (first: Replica) => Readonly<Record<string, string>>
}

async function stage(
  extent: Extent,
  { processes = 1, settings = () => ({}) }: Setting,
  play: (scene: Scene) => Promise<void>,
): Promise<Report> {
  await using opened = new AsyncDisposableStack()
  const ledger = opened.adopt(await openLedger(), ({ stop }) => stop())
  const replicas = names().map((name) => new Replica(name, ledger.url, extent.noticeMs))
  opened.defer(async () => void (await Promise.all(replicas.map((each) => each.kill()))))
  await Promise.all(replicas.map((each) => each.start()))
  const more = replicas[0] ? settings(replicas[0]) : {}
  const startOn = async (PORT: string) => {
    const started = await startGateway(replicas, processes, { ...more, PORT })
    return opened.adopt(started, (each) => each.stop())
  }
  const gateway = await startOn("0")
  const another = () => startOn(new URL(gateway.origin).port)
  const ejections: number[] = []
  const load = new Load(gateway.origin, extent.rate)
  await sleep(extent.calmMs)
  load.forget()
  await play({ replicas, gateway, another, extent, ejected: (ms) => ejections.push(ms) })
  return reportOf(await load.stop(), ledger.effects, ejections)
}

/** Runs one fault and notes when the gateway says that the replica is out. */
async function watch({ gateway, ejected }: Scene, replica: Replica, fault: () => unknown): Promise<void> {
  const known = gateway.lines.length
  const at = Date.now()
  await fault()
  const out = await gateway.until(
    (line) =>
      gateway.lines.indexOf(line) >= known &&
      line.replica === replica.name &&
      (line.standing === "silent" || line.standing === "unreachable"),
  )
  ejected(out - at)
}

/** Nothing happens: what the machine alone is worth. */
export const calm = (extent: Extent) => stage(extent, {}, () => sleep(extent.times * extent.calmMs))

/** Every replica is asked to end and started anew, one after another. */
export const rollingRestart = (extent: Extent) =>
  stage(extent, {}, async (scene) => {
    for (let n = 0; n < extent.times * scene.replicas.length; n++) {
      const replica = pick(scene, n)
      await replica.drain()
      await replica.start()
      await sleep(extent.calmMs)
    }
  })

/** From three replicas to one, and back to three. */
export const scaleDownAndUp = (extent: Extent) =>
  stage(extent, {}, async ({ replicas }) => {
    const [, second, third] = replicas
    for (let n = 0; n < extent.times; n++) {
      await Promise.all([second?.drain(), third?.drain()])
      await sleep(extent.calmMs)
      await Promise.all([second?.start(), third?.start()])
      await sleep(extent.calmMs)
    }
  })

/** The gateway's own processes replace each other. */
export const reloadGateway = (extent: Extent) =>
  stage(extent, { processes: 2 }, async ({ gateway }) => {
    for (let n = 0; n < extent.times; n++) {
      const before = gateway.lines.length
      gateway.child.kill("SIGHUP")
      await gateway.until((line) => line.msg === "reloaded" && gateway.lines.indexOf(line) >= before)
      await sleep(extent.calmMs)
    }
  })

/** A new gateway begins beside the one that serves the port, which then ends; the kernel shares connections out. */
export const replaceGateway = (extent: Extent) =>
  stage(extent, { settings: () => ({ REUSE_PORT: "true" }) }, async ({ gateway, another }) => {
    let serving = gateway
    for (let n = 0; n < extent.times; n++) {
      const next = await another()
      await next.until(({ msg, standing }) => msg === "replica changed" && standing === "ready")
      await serving.stop()
      serving = next
      await sleep(extent.calmMs)
    }
  })

/** One name that stands for one replica, for three, and for one again; those that leave it are asked to end. */
export async function scaleByName(extent: Extent): Promise<Report> {
  using names = new NamedHosts()
  const settings = (first: Replica) => names.settings(first.name)
  return await stage(extent, { settings }, async ({ replicas, gateway }) => {
    const others = replicas.slice(1)
    const told = (msg: string, { name }: Replica, since: number) =>
      gateway.until(
        (line) => gateway.lines.indexOf(line) >= since && line.msg === msg && line.replica === name,
      )
    for (let n = 0; n < extent.times; n++) {
      let since = gateway.lines.length
      names.set(replicas.map(({ name }) => name))
      await Promise.all(others.map((each) => told("replica added", each, since)))
      await sleep(extent.calmMs)
      since = gateway.lines.length
      names.set(replicas.slice(0, 1).map(({ name }) => name))
      await Promise.all(others.map((each) => each.drain()))
      await Promise.all(others.map((each) => told("replica leaves", each, since)))
      await Promise.all(others.map((each) => each.start()))
    }
  })
}

/** One of three is killed, again and again. */
export const kills = (extent: Extent) =>
  stage(extent, {}, async (scene) => {
    for (let n = 0; n < extent.times; n++) {
      const replica = pick(scene, n)
      await watch(scene, replica, () => replica.kill())
      await sleep(extent.calmMs / 2)
      await replica.start()
      await sleep(extent.calmMs)
    }
  })

/** One of three freezes, for `frozenMs` each time. */
export const freezes = (extent: Extent, frozenMs: number) =>
  stage(extent, {}, async (scene) => {
    for (let n = 0; n < extent.times; n++) {
      const replica = pick(scene, n)
      const thawed = sleep(frozenMs).then(() => replica.thaw())
      await watch(scene, replica, () => replica.freeze())
      await thawed
      await sleep(extent.calmMs)
    }
  })
