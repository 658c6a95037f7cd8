import { expect, test } from "vitest"
import { Unavailable } from "../errors.ts"
import { Gate } from "./gate.ts"
import { hashPassword, NOBODYS_HASH, verifyPassword } from "./password.ts"

test("a password fits its own hash alone, and two hashes of it differ", async () => {
  const stored = await hashPassword("correct horse")
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await verifyPassword("correct horse", stored)).toBe(true)
  expect(await verifyPassword("correct horsf", stored)).toBe(false)
  expect(await hashPassword("correct horse")).not.toBe(stored)
})

test("a hash of another cost is still understood", async () => {
  // A vector of the reference implementation's own tests (phc-winner-argon2, src/test.c).
  const stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
  expect(await verifyPassword("password", stored)).toBe(true)
  expect(await verifyPassword("passwort", stored)).toBe(false)
})

test("no password fits nobody's hash, which costs as much as any other", async () => {
  expect(await verifyPassword("", NOBODYS_HASH)).toBe(false)
  const cost = (hash: string) => hash.split("$")[3]
  expect(cost(NOBODYS_HASH)).toBe(cost(await hashPassword("x")))
})

test("the gate lets few in, lets some wait in order and sends the rest away", async () => {
  const gate = new Gate(1, 2)
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const runs = [
    gate.run(async () => {
      await first.promise
      order.push("first")
    }),
    gate.run(async () => void order.push("second")),
    gate.run(async () => void order.push("third")),
  ]
  await expect(gate.run(async () => undefined)).rejects.toThrow(Unavailable)
  first.resolve()
  await Promise.all(runs)
  expect(order).toEqual(["first", "second", "third"])
})

test("work that fails gives its place back", async () => {
  const gate = new Gate(1, 0)
  await expect(gate.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken")
  expect(await gate.run(async () => "through")).toBe("through")
})
