import { Type } from "typebox"
import { expect, expectTypeOf, test } from "vitest"
import { defineJob } from "./define-job.ts"
import type { Handlers } from "./handlers.ts"
import type { startWorkers } from "./start-workers.ts"

const common = { attempts: 1, backoffMs: [1, 1], deadlineSeconds: 1 } as const
const paint = defineJob({
  ...common,
  name: "paint",
  class: "media",
  payload: Type.Object({ wallId: Type.String() }),
})
const count = defineJob({
  ...common,
  name: "count",
  class: "feed",
  payload: Type.Object({ limit: Type.Integer() }),
})
const jobs = [paint, count] as const

const paintWall = async (_payload: { wallId: string }) => undefined
const countWalls = async (_payload: { limit: number }) => undefined

type HandlersOption<H> = Parameters<typeof startWorkers<typeof jobs, H>>[0]["handlers"]

/** What `startWorkers` takes for handlers of these jobs; each mistake below is one for the compiler to find. */
const namesOf = <H>(handlers: HandlersOption<H>): string[] => Object.keys(handlers)

test("handlers are complete, and know their payloads", () => {
  expect(namesOf({ paint: paintWall, count: countWalls })).toHaveLength(2)
  expect(namesOf({ ...{ paint: paintWall }, ...{ count: countWalls } })).toHaveLength(2)
  expectTypeOf<Handlers<typeof jobs>["paint"]>().parameter(0).toEqualTypeOf<{ wallId: string }>()
})

test("a handler too few does not compile", () => {
  // @ts-expect-error `count` has no handler.
  expect(namesOf({ paint: paintWall })).toHaveLength(1)
})

test("a handler too many does not compile, not even out of a spread", () => {
  // @ts-expect-error There is no job `burn`.
  expect(namesOf({ paint: paintWall, count: countWalls, burn: paintWall })).toHaveLength(3)
  // @ts-expect-error There is no job `burn`.
  expect(namesOf({ ...{ paint: paintWall, count: countWalls, burn: paintWall } })).toHaveLength(3)
})

test("a handler for another payload does not compile", () => {
  // @ts-expect-error `count` is not told of walls.
  expect(namesOf({ paint: paintWall, count: paintWall })).toHaveLength(2)
})
