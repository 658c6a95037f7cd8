import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { Agent, get } from "node:http"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { test as base } from "@tintype/testkit"
import { expect, vi } from "vitest"

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("no port")
  return address.port
}

interface Running {
  process: ChildProcess
  port: number
  /** Everything that it wrote. */
  output(): string
}

/** The API as a process of its own, over this file's stores. */
const test = base.extend("api", { scope: "test" }, async ({ database, redis, blobDir }, { onCleanup }) => {
  const port = await freePort()
  const env = {
    API_HOST: "127.0.0.1",
    API_PORT: String(port),
    DATABASE_URL: database.url,
    REDIS_QUEUE_URL: redis.queueUrl,
    REDIS_CACHE_URL: redis.cacheUrl,
    BLOB_DIR: blobDir,
    SIGNING_SECRET: "of the tests, and of no instance at all",
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] })
  onCleanup(() => void child.kill("SIGKILL"))
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text
    })
  }
  await vi.waitFor(() => expect(output).toContain("Server listening"), { timeout: 20_000 })
  return { process: child, port, output: () => output } satisfies Running
})

/** A request over a kept connection; the status, or the error. */
const ask = (agent: Agent, port: number, path: string): Promise<number | string> =>
  new Promise((resolve) => {
    get({ agent, port, host: "127.0.0.1", path }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0))
    }).on("error", (error) => resolve(String(error)))
  })

test("it is there for those who balance load before a worker is, and says that it is not ready", async ({
  api,
}) => {
  const agent = new Agent({ keepAlive: true })
  expect(await ask(agent, api.port, "/health/live")).toBe(200)
  expect(await ask(agent, api.port, "/health/ready")).toBe(200)
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${api.port}/health`)
    const told: unknown = await response.json()
    return { code: response.status, told }
  }
  // The stores of the tests are slow at times, and it says so.
  await expect.poll(health, { timeout: 10_000 }).toMatchObject({
    code: 503,
    told: {
      status: "unavailable",
      parts: {
        database: { status: "ok" },
        queue: { status: "ok" },
        cache: { status: "ok" },
        worker: { status: "down" },
      },
    },
  })
  agent.destroy()
})

test("told to stop, it says so, answers what still comes, and ends without an error", async ({ api }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const exited = once(api.process, "exit")
  const answers: (number | string)[] = []
  let draining = false
  const client = async () => {
    while (!draining) {
      answers.push(await ask(agent, api.port, "/api/v2/instance"))
      draining ||= (await ask(agent, api.port, "/health/ready")) === 503
    }
    answers.push(await ask(agent, api.port, "/api/v2/instance"), await ask(agent, api.port, "/health/live"))
  }
  const clients = Array.from({ length: 8 }, client)
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(20), 10_000)
  api.process.kill("SIGTERM")
  await Promise.all(clients)
  expect(new Set(answers)).toEqual(new Set([200]))
  agent.destroy()
  expect(await exited).toEqual([0, null])
  expect(api.output()).toContain('"msg":"stopped"')
})

test("a setting that is missing is named, and nothing is started", async () => {
  const child = spawn(process.execPath, [MAIN], { env: {}, stdio: ["ignore", "ignore", "pipe"] })
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  const [code] = await once(child, "exit")
  expect(code).not.toBe(0)
  expect(errors).toMatch(/ConfigError: [A-Z_]+ is not set/)
})
