import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { System } from "@tintype/dev"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

/** What `pnpm build` makes and the images hold: one file a program, and what has to lie beside it. */
let system: System
beforeAll(async () => {
  system = await openSystem({ bundled: true })
})
afterAll(() => system.stop())

describe("the built programs", () => {
  test("develop, post and serve a photo", async () => {
    const alice = await Member.signUp(system.gatewayUrl, "alice")
    const posted = await alice.postPhoto(await aPhoto())
    expect(await alice.homeIds()).toContain(posted.id)
    const photo = await fetch(posted.media_attachments[0]?.url ?? "")
    expect(photo.headers.get("content-type")).toBe("image/jpeg")
  })

  test("serve the page that tries the API, with all that it needs", async () => {
    const page = await (await fetch(`${system.gatewayUrl}/api/docs`)).text()
    const assets = [...page.matchAll(/(?:src|href)="([^"]+\.(?:css|js))"/g)].map(([, path]) => path ?? "")
    expect(assets.length).toBeGreaterThan(0)
    for (const path of assets)
      expect((await fetch(new URL(path, `${system.gatewayUrl}/api/docs`))).status).toBe(200)
  })

  test("take the operator's commands", () => {
    const program = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url))
    const args = [program, "jobs", "schedules", "list", "--json"]
    const listed = execFileSync(process.execPath, args, { env: system.env, encoding: "utf8" })
    expect(JSON.parse(listed).map(({ name }: { name: string }) => name)).toContain("media.sweep-uploads")
  })

  test("find the migrations", () => {
    const program = fileURLToPath(new URL("../packages/db/dist/migrate-main.js", import.meta.url))
    const env = { DATABASE_DIRECT_URL: system.stores.DATABASE_DIRECT_URL }
    expect(execFileSync(process.execPath, [program], { env, encoding: "utf8" })).toContain('"ran":0')
  })
})
