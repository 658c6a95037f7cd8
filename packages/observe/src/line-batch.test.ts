import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, test, vi } from "vitest"
import { LineBatch } from "./line-batch.ts"

test("lines are written in order, in pieces that a pipe takes whole", async () => {
  const written: string[] = []
  const lines = new LineBatch({ write: (text) => written.push(text) })
  const all = Array.from({ length: 500 }, (_, n) => `${n} ${"ü".repeat(n)}\n`)

  for (const each of all) lines.add(each)

  await vi.waitFor(() => expect(written.join("")).toBe(all.join("")))
  expect(Math.max(...written.map((each) => Buffer.byteLength(each)))).toBeLessThanOrEqual(4096)
  expect(written.length).toBeLessThan(250)
})

test.for(["process.exit(0)", "throw new Error()", ""])(
  "none is left behind by a process that ends: %s",
  (end) => {
    const module = fileURLToPath(new URL("line-batch.ts", import.meta.url))
    const program = `
    import { LineBatch } from ${JSON.stringify(module)}
    const lines = new LineBatch()
    for (let n = 0; n < 100; n++) lines.add(n + "\\n")
    ${end}`
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    })
    expect(stdout).toBe(Array.from({ length: 100 }, (_, n) => `${n}\n`).join(""))
  },
)
