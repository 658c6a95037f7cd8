import type { System } from "@tintype/dev"
import type { Browser } from "playwright-core"
import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"
import { openBrowser, Visitor, WEB_DIR } from "./visitor.ts"

let system: System
let browser: Browser
let sql: postgres.Sql

beforeAll(async () => {
  system = await openSystem({ env: { WEB_DIR } })
  browser = await openBrowser()
  sql = postgres(system.stores.DATABASE_DIRECT_URL, { max: 1, onnotice: () => {} })
})
afterAll(async () => {
  await sql?.end()
  await browser?.close()
  await system?.stop()
})

const arrive = (width: number, height: number, colorScheme: "light" | "dark") =>
  Visitor.arrive(browser, system.gatewayUrl, { width, height, colorScheme })

const LIVE = { timeout: 20_000 }

/** An hour of runs, as a community makes them. */
async function anHour(): Promise<void> {
  await sql`select prepare_job_runs((now() - interval '1 hour')::date, now()::date)`
  await sql`
    insert into job_runs (finished_at, id, job_id, owner_id, name, class, attempt, state, queued_at, due_at, started_at, worker)
    select at, gen_random_uuid(), gen_random_uuid(), 4194304001, kind.name, kind.class, 1,
      case when random() < 0.02 then 'failed' else 'done' end,
      at - took - waited, at - took - waited, at - took, 'photos-1:77:a1b2c3'
    from (values ('posts.fan-out', 'feed', 40, 0.004, 0.02), ('media.develop', 'media', 9, 0.02, 1.4),
      ('posts.fold-favourites', 'feed', 60, 0.005, 0.008)) as kind (name, class, rate, wait, run)
    cross join generate_series(0, 59) as minute
    cross join lateral generate_series(1, (kind.rate * (1 + 0.6 * sin(minute / 7.0)) * (0.7 + random() * 0.6))::int) as each
    cross join lateral (select now() - interval '1 minute' * minute - interval '1 second' * (random() * 59 + 0 * each) as at) as ended
    cross join lateral (select interval '1 second' * kind.wait * (0.5 + random()^8 * 12 + 0 * each) as waited,
      interval '1 second' * kind.run * (0.4 + random()^3 * 3 + 0 * each) as took) as times`
}

const bury = () => sql`
  insert into outbox (owner_id, id, name, class, payload, attempts, failures, dead_at, dead_reason, last_error)
  select 4194304001, gen_random_uuid(), 'media.erase', 'media', '{"mediaIds": ["1"]}', 3, 3, now(), 'exhausted',
    'Error: EIO: i/o error, unlink' from generate_series(1, 3)`

/** A run of another release's workflow: it waits for a word. @returns its id */
async function aPatientRun(): Promise<string> {
  const [run] = await sql`
    insert into workflow_runs (owner_id, id, name, input)
    values (4194304001, gen_random_uuid(), 'letters.approve', '{"letterId": "1"}') returning id`
  const id: string = run?.id
  const each = { kind: "each", class: "upkeep", undo: false, after: [], width: 2, over: "list" }
  const signal = { kind: "signal", class: "upkeep", undo: false, after: ["send"], seconds: 3600 }
  const [job] = await sql`
    insert into outbox (owner_id, id, name, class, payload, due_at, resend_at)
    values (4194304001, gen_random_uuid(), 'letters.approve.approval', 'upkeep', ${sql.json({ runId: id })},
      now() + interval '1 hour', now() + interval '1 hour') returning id`
  await sql`
    insert into workflow_steps (owner_id, run_id, step, position, spec, state, items_total, items_done, job_id) values
    (4194304001, ${id}, 'send', 0, ${sql.json(each)}, 'done', 2, 1, null),
    (4194304001, ${id}, 'approval', 1, ${sql.json(signal)}, 'listening', null, 0, ${job?.id})`
  await sql`
    insert into workflow_items (owner_id, run_id, step, index, value, state, error) values
    (4194304001, ${id}, 'send', 0, '{"to": "1"}', 'done', null),
    (4194304001, ${id}, 'send', 1, '{"to": "2"}', 'failed', 'Error: ETIMEDOUT')`
  return id
}

/** No page is wider than its screen. */
async function expectToFit({ page }: Visitor): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([page.url(), wide]).toEqual([page.url(), 0])
}

describe("the window on jobs", () => {
  test("is for admins alone, and costs others nothing", async () => {
    const admin = await arrive(1360, 900, "dark")
    const member = await arrive(1280, 900, "light")
    const chunks: string[] = []
    member.page.on("request", (request) => chunks.push(request.url()))
    await admin.signUp("ada")
    await member.signUp("ben")
    await admin.page.getByRole("link", { name: "Jobs" }).click()
    await admin.page.getByRole("heading", { name: "media" }).waitFor()
    expect(await member.page.getByRole("link", { name: "Jobs" }).count()).toBe(0)
    await member.page.goto("/admin/jobs")
    await member.page.getByText("Nothing on this plate").waitFor()
    expect(chunks.filter((url) => url.includes("/admin/jobs/"))).toEqual([])
    expect([...admin.complaints, ...member.complaints]).toEqual([])
    await Promise.all([admin.context.close(), member.context.close()])
  })

  test("pauses a class, whose work waits and goes on; dead letters, schedules and the audit", {
    timeout: 120_000,
  }, async () => {
    await anHour()
    await bury()
    const carol = await Member.signUp(system.gatewayUrl, "carol")
    const admin = await arrive(1360, 900, "dark")
    const { page } = admin
    await admin.signIn("ada")
    await page.getByRole("link", { name: "Jobs" }).click()
    await page.getByRole("link", { name: "media", exact: true }).click()
    await page.getByRole("button", { name: "Pause" }).click()
    await page.getByRole("button", { name: "Resume" }).waitFor()
    const pausedBy = async () => {
      const [row] = await sql`select state from job_classes where class = 'media'`
      return row?.state
    }
    expect(await pausedBy()).toBe("paused")
    await page.getByRole("navigation", { name: "Jobs" }).getByRole("link", { name: "Workers" }).click()
    await page.getByText("paused").waitFor()
    await admin.picture("jobs-workers")
    const upload = await carol.upload(await aPhoto(), "photo.jpg", "/api/v2/media")
    expect(upload.status).toBe(202)
    await page.getByRole("link", { name: "Classes" }).click()
    const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "media" }) })
    await expect.poll(() => card.textContent(), LIVE).toMatch(/waiting1running/)
    await admin.picture("jobs-classes")
    await page.getByRole("link", { name: "media", exact: true }).click()
    await page.getByRole("button", { name: "Resume" }).click()
    await expect.poll(async () => (await carol.get(`/api/v1/media/${upload.body.id}`)).status, LIVE).toBe(200)
    await page.goto("/admin/jobs/class/feed")
    await expect
      .poll(() => page.getByRole("img", { name: /^Waiting/ }).getAttribute("aria-label"), LIVE)
      .toMatch(/p95 \d/)
    await admin.picture("jobs-class")

    await page.getByRole("link", { name: "Dead letters" }).click()
    await page.getByRole("checkbox").nth(2).waitFor()
    await admin.picture("jobs-dead")
    await page.getByRole("checkbox").first().check()
    await page.getByRole("button", { name: "Send again" }).click()
    await expect.poll(() => page.getByRole("checkbox").count(), LIVE).toBe(2)
    await page.getByRole("link", { name: "media.erase" }).first().click()
    await page.getByLabel("Payload").fill('{"mediaIds": 5}')
    await page.getByRole("button", { name: "Change the payload" }).click()
    await page.getByText("does not fit the job").waitFor()
    await page.getByLabel("Payload").fill('{"mediaIds": ["2"]}')
    await page.getByRole("button", { name: "Change the payload" }).click()
    await page.getByText("dead-letter.edit").waitFor()
    await admin.picture("jobs-job")
    await page.getByRole("button", { name: "Discard" }).click()
    await page.getByRole("button", { name: "Leave it" }).click()
    await page.getByRole("button", { name: "Discard" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click()
    await page.getByText("dead-letter.discard").waitFor()
    await page.getByRole("link", { name: "Dead letters" }).click()
    await page.getByLabel("Reason").selectOption("refused")
    await page.getByRole("button", { name: "Show" }).click()
    await page.getByText("No such job was given up").waitFor()

    await page.getByRole("link", { name: "Schedules" }).click()
    const sweep = page.getByRole("listitem").filter({ hasText: "auth.sweep-grants" })
    await sweep.getByRole("button", { name: "Run now" }).click()
    await sweep.getByRole("button", { name: "History" }).click()
    await sweep.getByText("done").waitFor()
    await admin.picture("jobs-schedules")
    await page.getByRole("link", { name: "Audit" }).click()
    for (const act of ["class.pause", "class.resume", "dead-letter.retry", "schedule.run"]) {
      await page.getByText(act).waitFor()
    }
    // What was refused on purpose is the only thing to complain of.
    expect(admin.complaints.filter((text) => !text.includes("422"))).toEqual([])
    await admin.context.close()
  })

  test("shows a workflow's run as it goes, and its failure among the dead letters; lists go on past their first page", {
    timeout: 120_000,
  }, async () => {
    const dora = await Member.signUp(system.gatewayUrl, "dora")
    for (let n = 0; n < 3; n++) await dora.postPhoto(await aPhoto(), { status: `Day ${n}` })
    await sql`insert into job_classes (class, state) values ('transfer', 'paused')
      on conflict (class) do update set state = 'paused'`
    await sql`insert into job_audit (id, at, actor_id, action, subject, detail)
      select gen_random_uuid(), now() - interval '1 day' - interval '1 second' * n, 0, 'class.pause', 'mail', '{}'
      from generate_series(1, 120) as n`
    const admin = await arrive(1360, 900, "light")
    const { page } = admin
    await admin.signIn("ada")
    await page.getByRole("link", { name: "Jobs" }).click()
    await page.getByRole("navigation", { name: "Jobs" }).getByRole("link", { name: "Workers" }).click()
    await page.getByText("paused").waitFor()
    expect((await dora.post("/api/tintype/v1/exports")).status).toBe(202)
    await page.getByRole("link", { name: "Workflows" }).click()
    await page.getByRole("link", { name: "accounts.export" }).click()
    const run = page.url()
    const graph = page.getByRole("img", { name: "Graph of accounts.export" })
    await expect.poll(() => graph.textContent(), LIVE).toMatch(/collect.*queued.*pack.*waiting.*zip.*waiting/)
    await admin.picture("jobs-workflow-queued")
    await page.getByRole("link", { name: "collect" }).click()
    await page.getByRole("button", { name: "Cancel the job" }).click()
    await page.getByRole("button", { name: "Discard" }).waitFor()
    await page.goto(run)
    await expect.poll(() => graph.textContent(), LIVE).toMatch(/collect.*failed.*zip.*cancelled/)
    await admin.picture("jobs-workflow-failed")
    await page.getByRole("link", { name: "Dead letters" }).click()
    const letter = page.getByRole("row").filter({ hasText: "accounts.export.collect" })
    await letter.getByRole("checkbox").check()
    await admin.picture("jobs-workflow-dead")
    await page.getByRole("button", { name: "Send again" }).click()
    await expect.poll(() => letter.count(), LIVE).toBe(0)
    await sql`update job_classes set state = 'running' where class = 'transfer'`
    await page.goto(run)
    await expect.poll(() => graph.textContent(), LIVE).toMatch(/collect.*done.*pack.*1 of 1.*done.*zip.*done/)
    await admin.picture("jobs-workflow")
    await page.getByRole("link", { name: "Audit" }).click()
    const rows = page.getByRole("region", { name: "Audit" }).locator("tbody tr")
    await expect.poll(() => rows.count(), LIVE).toBe(50)
    await page.getByRole("button", { name: "More" }).click()
    await expect.poll(() => rows.count(), LIVE).toBe(100)
    await page.getByRole("button", { name: "More" }).click()
    await expect.poll(() => rows.count(), LIVE).toBeGreaterThan(120)
    await expect.poll(() => page.getByRole("button", { name: "More" }).count(), LIVE).toBe(0)
    expect(admin.complaints).toEqual([])
    await admin.context.close()
  })

  test("tells a step the word that it waits for, and shows the items of one that goes over a list", async () => {
    const id = await aPatientRun()
    const admin = await arrive(1360, 900, "dark")
    const { page } = admin
    await admin.signIn("ada")
    await page.getByRole("link", { name: "Jobs" }).waitFor()
    await page.goto(`/admin/jobs/workflow/4194304001/${id}`)
    await page.getByRole("heading", { name: /^approval waits for a word until/ }).waitFor()
    const word = page.getByLabel("What approval is told, as JSON")
    const tell = page.getByRole("button", { name: "Tell" })
    await word.fill("{by: ada}")
    await page.getByText("This is no JSON").waitFor()
    expect(await tell.isDisabled()).toBe(true)
    await word.fill('{"by": "ada"}')
    await admin.picture("jobs-workflow-signal")
    await tell.click()
    await page.getByText("approval was told").waitFor()
    const graph = page.getByRole("img", { name: "Graph of letters.approve" })
    await expect.poll(() => graph.textContent(), LIVE).toMatch(/send1 of 2 done.*approvaldone/)
    expect(await tell.count()).toBe(0)
    await page.getByRole("region", { name: "Steps" }).getByText('{"by":"ada"}').waitFor()
    await page.getByText("workflow.signal").waitFor()
    await page.getByRole("button", { name: "Items of send" }).click()
    const items = page.getByRole("region", { name: "Items of send" })
    await items.getByText("ETIMEDOUT").waitFor()
    expect(await items.locator("tbody tr").count()).toBe(2)
    expect(admin.complaints).toEqual([])
    await admin.context.close()
  })

  test("fits a small screen", async () => {
    const admin = await arrive(360, 740, "light")
    await admin.signIn("ada")
    await admin.page.getByRole("link", { name: "Jobs" }).waitFor()
    const runs = await sql`select owner_id, id from workflow_runs`
    expect(runs).toHaveLength(2)
    for (const view of [
      "",
      "/workers",
      "/search",
      "/dead",
      "/schedules",
      "/workflows",
      "/audit",
      "/class/feed",
      ...runs.map((run) => `/workflow/${run.owner_id}/${run.id}`),
    ]) {
      await admin.page.goto(`/admin/jobs${view}`)
      await admin.page.getByRole("heading", { name: "Jobs" }).waitFor()
      await expect.poll(() => admin.page.getByText("Loading").count(), LIVE).toBe(0)
      await expectToFit(admin)
      await admin.picture(`jobs-small${view.replaceAll("/", "-")}`)
    }
    expect(admin.complaints).toEqual([])
    await admin.context.close()
  })
})
