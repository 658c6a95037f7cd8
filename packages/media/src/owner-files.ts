import { randomUUID } from "node:crypto"
import { mkdir, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { moveAwayDurably } from "./durable-files.ts"

/** Folders below which each owner has one. */
const KINDS = ["", "originals", "exports"]

const withdrawnName = (ownerId: string) => `withdrawn-${ownerId}-`

/**
 * Puts everything of an owner out of reach at once, however much it is: their folders are moved below the one for
 * temporary files, where a sweep would find them too.
 */
export async function withdrawOwner(root: string, temporary: string, ownerId: string): Promise<void> {
  await mkdir(temporary, { recursive: true, mode: 0o700 })
  for (const kind of KINDS) {
    await moveAwayDurably(
      join(root, kind, ownerId),
      join(temporary, `${withdrawnName(ownerId)}${randomUUID()}`),
    )
  }
}

/** Removes what was withdrawn, and what has come since. */
export async function eraseOwner(root: string, temporary: string, ownerId: string): Promise<void> {
  await withdrawOwner(root, temporary, ownerId)
  for (const name of await readdir(temporary)) {
    if (name.startsWith(withdrawnName(ownerId))) {
      await rm(join(temporary, name), { recursive: true, force: true })
    }
  }
}
