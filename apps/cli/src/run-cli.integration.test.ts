import { outbox, workflowRuns, workflowSteps } from "@tintype/db"
import { jobs, openContext } from "@tintype/domain"
import { createLogger } from "@tintype/observe"
import { test as base } from "@tintype/testkit"
import { expect } from "vitest"
import { runCli } from "./run-cli.ts"

const SETTINGS = {
  publicUrl: "http://localhost:8080",
  signingSecret: "of the tests, and of no instance at all",
  uploadMaxBytes: 1,
  pushedFollowers: 10_000,
  title: "",
  description: "",
  contactEmail: "",
  registrationsOpen: true,
  passwordGrant: false,
}

/** The program, as a shell calls it, over stores of the file's own. */
const test = base.extend(
  "tintype",
  { scope: "file" },
  async ({ database, redis, blobDir }, { onCleanup }) => {
    const stores = {
      databaseUrl: database.url,
      databasePoolSize: 2,
      redisQueueUrl: redis.queueUrl,
      redisCacheUrl: redis.cacheUrl,
      redisPrefix: redis.prefix,
      blobDir,
    }
    const { ctx, close } = openContext(stores, SETTINGS, createLogger("cli", "silent"))
    onCleanup(close)
    const run = async (command: string) => {
      const printed: string[] = []
      const complained: string[] = []
      const code = await runCli(command.split(" ").filter(Boolean), {
        print: (text) => printed.push(text),
        complain: (text) => complained.push(text),
        open: () => ({ ctx, close: async () => undefined }),
      })
      return { code, printed: printed.join("\n"), complained: complained.join("\n") }
    }
    return { ctx, run, json: async (command: string) => JSON.parse((await run(`${command} --json`)).printed) }
  },
)

const OWNER = "4194304001"
const ID = "0199a6b0-0000-7000-8000-00000000000"

const bury = (ctx: { db: ReturnType<typeof openContext>["ctx"]["db"] }, count: number) =>
  ctx.db.insert(outbox).values(
    Array.from({ length: count }, (_, index) => ({
      ownerId: OWNER as (typeof outbox.$inferSelect)["ownerId"],
      id: `${ID}${index}`,
      name: jobs[1].name,
      class: jobs[1].class,
      payload: { mediaId: "1" },
      deadAt: new Date(),
      deadReason: "exhausted" as const,
      lastError: "no luck",
    })),
  )

test.for([
  ["", 0],
  ["--help", 0],
  ["jobs dead --help", 0],
  ["jobs dance", 2],
  ["jobs schedules pause", 2],
  ["jobs dead list --colour", 2],
  ["jobs dead list --class paint", 2],
  ["jobs dead retry", 2],
  ["jobs dead retry 12/34", 2],
  ["jobs schedules pause nothing.such", 1],
  ["jobs concurrency feed many", 2],
  ["jobs cancel 4194304001/0199a6b0-0000-7000-8000-000000000000", 1],
  ["jobs workflows list --state asleep", 2],
  ["jobs workflows signal 4194304001/0199a6b0-0000-7000-8000-000000000000 step go", 2],
  ["jobs workflows cancel 4194304001/0199a6b0-0000-7000-8000-000000000000", 1],
  ["timeline verify", 2],
  ["timeline verify nobody", 1],
  ["timeline explain nobody 12", 1],
] as const)("`tintype %s` ends with %i", async ([command, code], { tintype }) => {
  const result = await tintype.run(command)
  expect(result.code).toBe(code)
  expect(code === 0 ? result.printed : result.complained).not.toBe("")
})

test("dead letters are listed, sent again and discarded", async ({ tintype }) => {
  await bury(tintype.ctx, 3)
  const listed = await tintype.run("jobs dead list --class media")
  expect(listed.printed).toContain(`${OWNER}/${ID}2`)
  expect(listed.printed).toContain("no luck")
  expect(await tintype.json(`jobs dead retry ${OWNER}/${ID}0`)).toEqual({ count: 1 })
  expect(await tintype.json(`jobs dead discard --class feed`)).toEqual({ count: 0 })
  expect(await tintype.json(`jobs dead discard --all`)).toEqual({ count: 2 })
  expect(await tintype.json("jobs dead list")).toEqual([])
})

test("a class is told what to do, and seen; who has no worker for what waits ends with 1", async ({
  tintype,
}) => {
  expect(await tintype.json("jobs pause media")).toMatchObject({ state: "paused" })
  expect(await tintype.json("jobs concurrency media 5")).toMatchObject({ state: "paused", concurrency: 5 })
  expect(await tintype.json("jobs concurrency media default")).toMatchObject({ concurrency: null })
  const calm = await tintype.run("jobs overview")
  expect(calm).toMatchObject({ code: 0, printed: expect.stringMatching(/media +paused/) })
  await tintype.ctx.db.update(outbox).set({ dueAt: new Date(Date.now() - 60_000) })
  expect(await tintype.run("jobs overview")).toMatchObject({
    code: 1,
    printed: expect.stringContaining("NO WORKER"),
  })
  expect(await tintype.json(`jobs cancel ${OWNER}/${ID}0`)).toMatchObject({ dead: { reason: "cancelled" } })
  expect(await tintype.json("jobs workers")).toEqual([])
})

test("a run of a workflow is listed, looked at, given its word, cancelled and tried again", async ({
  tintype,
}) => {
  const { db } = tintype.ctx
  const run = { ownerId: OWNER as (typeof outbox.$inferSelect)["ownerId"], id: `${ID}7` }
  const key = `${run.ownerId}/${run.id}`
  await db.insert(workflowRuns).values({ ...run, name: "old.patient", input: {} })
  const about = { ownerId: run.ownerId, runId: run.id }
  const spec = { class: "upkeep", undo: false, after: [] }
  await db.insert(workflowSteps).values([
    {
      ...about,
      step: "word",
      position: 0,
      spec: { ...spec, kind: "signal", seconds: 60 },
      state: "listening",
    },
    { ...about, step: "work", position: 1, spec: { ...spec, kind: "task", after: ["word"] } },
  ])
  const list = async (state: string) => (await tintype.run(`jobs workflows list --state ${state}`)).printed
  expect(await list("running")).toContain(key)
  const told = await tintype.run(`jobs workflows signal ${key} word {"go":true}`)
  expect(told).toMatchObject({ code: 0, printed: expect.stringMatching(/word +signal +done/) })
  expect((await tintype.run(`jobs workflows signal ${key} word 1`)).code).toBe(1)
  expect((await tintype.run(`jobs workflows show ${key}`)).printed).toMatch(/work +task +word +queued/)
  expect((await tintype.run(`jobs workflows retry ${key} work`)).code).toBe(1)
  await db.update(workflowSteps).set({ state: "failed" })
  await db.update(workflowRuns).set({ state: "failed", endedAt: new Date() })
  expect(await list("failed")).toContain("old.patient")
  expect(await tintype.json(`jobs workflows retry ${key} work`)).toMatchObject({ state: "running" })
  expect(await tintype.json(`jobs workflows cancel ${key}`)).toMatchObject({ state: "cancelled" })
})
