import { parseId } from "@tintype/db"
import { Type } from "typebox"
import { expect, expectTypeOf, test } from "vitest"
import { defineEvent, defineSubscriber, subscribersOf } from "./define-event.ts"
import { defineJob } from "./define-job.ts"
import type { Handlers } from "./handlers.ts"

const common = { attempts: 1, backoffMs: [1, 1], deadlineSeconds: 1 } as const
const sailed = defineEvent({ name: "ships.sailed", payload: Type.Object({ shipId: Type.String() }) })
const sunk = defineEvent({ name: "ships.sunk", payload: Type.Object({ depth: Type.Integer() }) })
const wave = defineSubscriber(sailed, { ...common, name: "wave", class: "notify" })
const log = defineSubscriber(sailed, { ...common, name: "log", class: "upkeep" })
const mourn = defineSubscriber(sunk, { ...common, name: "mourn", class: "notify" })
const paint = defineJob({ ...common, name: "paint", class: "media", payload: Type.Object({}) })
const owner = parseId<"account">("7")

test("an event makes one job for each of its subscribers, and none for anybody else", () => {
  if (!owner) throw new Error("no owner")
  const subscribers = subscribersOf([sailed, sunk], [wave, paint, log, mourn] as const)
  const made = subscribers.jobsOf(sailed, owner, { shipId: "9" })
  expect(made.map(({ job, payload }) => [job.name, job.class, payload])).toEqual([
    ["wave", "notify", { shipId: "9" }],
    ["log", "upkeep", { shipId: "9" }],
  ])
  expect(subscribers.jobsOf(sunk, owner, { depth: 3 }).map(({ job }) => job)).toEqual([mourn])
})

test("an event without a subscriber does not compile", () => {
  // @ts-expect-error Nobody mourns.
  expect(subscribersOf([sailed, sunk], [wave, paint] as const)).toBeDefined()
})

test("a subscriber of an event that nobody tells is refused", () => {
  expect(() => subscribersOf([sailed], [wave, mourn] as const)).toThrow("ships.sunk")
})

test("a subscriber's handler knows the event's payload, and is asked for", () => {
  type Wanted = Handlers<readonly [typeof wave, typeof mourn]>
  expectTypeOf<Wanted["mourn"]>().parameter(0).toEqualTypeOf<{ depth: number }>()
  // @ts-expect-error `mourn` is missing.
  const handlers: Wanted = { wave: async () => undefined }
  expect(Object.keys(handlers)).toEqual(["wave"])
})

test("a subscriber that needs a part of what is told reads jobs from before the rest was", () => {
  const moored = defineEvent({
    name: "ships.moored",
    payload: Type.Object({ shipId: Type.String(), pier: Type.Integer() }),
  })
  const tie = { ...common, name: "tie", class: "notify" } as const
  const bind = defineSubscriber(moored, tie, Type.Pick(moored.payload, ["shipId"]))
  expect([{ shipId: "9" }, { shipId: "9", pier: 3 }, { pier: 3 }].map(bind.accepts)).toEqual([
    true,
    true,
    false,
  ])
  expectTypeOf<Handlers<readonly [typeof bind]>["tie"]>().parameter(0).toEqualTypeOf<{ shipId: string }>()
  // @ts-expect-error No event of this kind tells the depth.
  expect(defineSubscriber(moored, tie, Type.Object({ depth: Type.Integer() }))).toBeDefined()
})
