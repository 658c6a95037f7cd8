import type { Cache } from "../cache.ts"
import { Loaded } from "../versioned.ts"
import type { Mark, Row, World } from "./world.ts"

/** Reads rows together and checks what it gets. `dies`: after the load, with the lease in its hands. */
export async function read(
  world: World,
  name: string,
  cache: Cache,
  rows: Row[],
  dies: boolean,
): Promise<void> {
  const { step } = world.scheduler
  const before = await step(`${name} begins`, () => rows.map((row) => row.acknowledged))
  let died = () => {}
  const death = new Promise<undefined>((resolve) => {
    died = () => resolve(undefined)
  })
  const reading = cache.readMany(
    rows.map((row) => row.key),
    async (missing) => {
      const loaded = await step(`${name} loads`, () => {
        const loaded = new Loaded()
        for (const row of rows) if (missing.includes(row.key)) loaded.set(row.key, row.now)
        return loaded
      })
      if (!dies) return loaded
      died()
      return new Promise<Loaded>(() => {})
    },
  )
  const found = await Promise.race([reading, death])
  if (!found) return
  for (const [index, row] of rows.entries()) {
    const value = found.get(row.key)
    if (row.allows(value, before[index] ?? 0)) continue
    world.violations.push(`${name} read ${JSON.stringify(value)} after ${before[index]} was acknowledged`)
  }
}

export type Fate = "commits" | "rolls back" | "dies before commit" | "dies after commit"

/** Changes a row in a transaction that takes its lock first. */
export async function write(
  world: World,
  name: string,
  cache: Cache,
  row: Row,
  fate: Fate,
  what: "changes" | "enlarges" | "deletes",
): Promise<void> {
  const { step } = world.scheduler
  const locked = () => {
    row.locked = true
    return row.now.version + 1
  }
  const version = await step(`${name} updates`, locked, () => !row.locked)
  const bulk = what === "enlarges" ? { bulk: "x".repeat(100) } : {}
  const next = { version, value: what === "deletes" ? null : { version, by: name, ...bulk } }
  const beginning = cache.beginWrite([{ key: row.key, next }])
  const token = world.lastToken
  const cacheWrite = await beginning
  const mark: Mark = { token, row, decided: false, lost: false, over: false }
  const record = () => world.owed.add(row.key.key, () => world.openProcess(`${name}'s job`))
  world.marks.push(mark)
  const commits = fate === "commits" || fate === "dies after commit"
  await step(`${name} ${fate}`, () => {
    if (commits) row.committed.push(next)
    if (commits && !cacheWrite.marked) record()
    if (fate === "dies after commit" && mark.lost) row.excused = version
    row.locked = false
    mark.decided = true
  })
  if (fate === "rolls back") await cacheWrite.abandon()
  if (fate === "commits") {
    await cacheWrite.publish(() => step(`${name} records`, record))
    mark.over = true
    row.acknowledged = Math.max(row.acknowledged, version)
  }
}

export type Disturbance =
  | "evict value"
  | "evict lease"
  | "evict marks"
  | "flush"
  | "expire marks"
  | "expire one mark"
  | "time passes"

/** What happens to Redis while all work. A mark outlives its transaction: it expires only when that is decided. */
export async function disturb(world: World, row: Row, what: Disturbance): Promise<void> {
  const marks = () => world.marks.filter((mark) => mark.row === row && !mark.over)
  const expired = () => marks().filter((mark) => mark.decided)
  const legal = () => what !== "expire marks" || marks().length === expired().length
  await world.scheduler.step(
    what,
    async () => {
      if (what === "time passes") world.pass(300)
      if (what === "evict value") await world.remove(row, "")
      if (what === "evict lease") await world.remove(row, ":l")
      if (what === "evict marks" || what === "expire marks") await world.remove(row, ":w")
      if (what === "flush") await world.remove(row, "", ":l", ":w")
      if (what === "evict marks" || what === "flush") for (const mark of marks()) mark.lost = true
      const [one] = expired()
      if (what === "expire one mark" && one) await world.removeMark(row, one.token)
    },
    legal,
  )
}

/** Redis is out of reach for a process, for a while. */
export async function cutOff(world: World, name: string): Promise<void> {
  const { step } = world.scheduler
  await step(`${name} is cut off`, () => world.cutOff.add(name))
  await step(`${name} is back`, () => world.cutOff.delete(name))
}
