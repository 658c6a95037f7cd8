import { setImmediate as turn } from "node:timers/promises"
import { expect, test } from "vitest"
import { Turnstile } from "./turnstile.ts"

test("as many are inside as may be, also after that was changed", async () => {
  const turnstile = new Turnstile(1)
  let inside = 0
  const enter = () => turnstile.enter(new AbortController().signal).then(() => void inside++)
  const leave = async () => {
    inside--
    turnstile.leave()
    await turn()
  }
  for (let i = 0; i < 6; i++) void enter()
  await turn()
  expect(inside).toBe(1)
  turnstile.most = 3
  await turn()
  expect(inside).toBe(3)
  turnstile.most = 2
  await leave()
  expect(inside).toBe(2)
  await leave()
  expect(inside).toBe(2)
})

test("one who gives up takes nobody's place", async () => {
  const turnstile = new Turnstile(1)
  await turnstile.enter(new AbortController().signal)
  const impatient = new AbortController()
  const waiting = turnstile.enter(impatient.signal)
  const next = turnstile.enter(new AbortController().signal)
  impatient.abort(new Error("enough"))
  await expect(waiting).rejects.toThrow("enough")
  turnstile.leave()
  await expect(next).resolves.toBeUndefined()
})
