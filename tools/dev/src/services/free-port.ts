import { randomInt } from "node:crypto"
import { createServer } from "node:net"

/** Below the range from which systems take ports for outgoing connections: none of those gets in between. */
const LOWEST = 20_000
const HIGHEST = 32_000

const given = new Set<number>()

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
}

/** A TCP port of the loopback address that nothing listens on at this moment; never one twice. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(LOWEST, HIGHEST)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`)
}

/** Starts a server on the port that is wanted, or on a free one; another if that one was taken in between. */
export async function onPort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (wanted !== undefined) return start(wanted)
  for (let tries = 1; ; tries++) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (tries === 3 || !/address already in use/i.test(String(error))) throw error
    }
  }
}
