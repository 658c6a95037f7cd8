import { createHash } from "node:crypto"
import { createReadStream, existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { renditionWidths } from "@tintype/contract/limits"
import type { Sql } from "postgres"
import type { Claims } from "../load/claims.ts"
import { type Violation, violating } from "./violation.ts"

interface MediaRow {
  id: string
  owner_id: string
  state: string
  ready_attempt: number | null
  width: number | null
  refined: boolean
  original_sha256: string
}

const lost = violating("nothing acknowledged is lost")
const left = violating("nothing half done is left")
const renditions = violating("one rendition set each")

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])

async function sha256Of(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined
  const hash = createHash("sha256")
  await pipeline(createReadStream(path), hash)
  return hash.digest("hex")
}

/** An upload that was acknowledged: its row, its original byte for byte, and what became of it. */
async function checkUpload(
  dir: string,
  id: string,
  claim: ReturnType<Claims["uploads"]["get"]>,
  row?: MediaRow,
) {
  if (!claim) return []
  if (!row) return [lost(`the upload ${id}`)]
  const original = join(dir, "originals", claim.ownerId, id, claim.sha256)
  const found: Violation[] = []
  if ((await sha256Of(original)) !== claim.sha256) found.push(lost(`the original of ${id}`))
  if (!claim.poison && row.state === "failed") found.push(violating("no innocent fails")(`the photo ${id}`))
  if (claim.poison && row.state === "ready") found.push(renditions(`the poison ${id} was developed`))
  return found
}

/**
 * What lies under a photo's key has to be the set that its row points to, and all of it, and nothing else; its AVIF once
 * the row says that they are made.
 */
function checkRenditions(dir: string, row: MediaRow): Violation[] {
  const folder = join(dir, row.owner_id, row.id)
  const attempts = namesIn(folder)
  const wanted = row.state === "ready" ? [String(row.ready_attempt)] : []
  if (attempts.join() !== wanted.join()) {
    return [renditions(`the photo ${row.id} (${row.state}) has the sets [${attempts}], not [${wanted}]`)]
  }
  if (row.state !== "ready" || row.width === null) return []
  const jpegs = renditionWidths(row.width).map((width) => `${width}.jpg`)
  const avifs = renditionWidths(row.width).map((width) => `${width}.avif`)
  const present = namesIn(join(folder, String(row.ready_attempt)))
  const missing = [...jpegs, ...(row.refined ? avifs : [])].filter((name) => !present.includes(name))
  const foreign = present.filter((name) => ![...jpegs, ...avifs].includes(name))
  return [
    ...(missing.length > 0 ? [renditions(`the photo ${row.id} lacks ${missing}`)] : []),
    ...(foreign.length > 0 ? [renditions(`the photo ${row.id} has ${foreign} as well`)] : []),
  ]
}

/** Folders of photos that no row knows. */
function checkOrphans(dir: string, rows: ReadonlyMap<string, MediaRow>): Violation[] {
  const owners = namesIn(dir).filter((name) => /^\d+$/.test(name))
  const originals = join(dir, "originals")
  const known = (owner: string, id: string) => rows.get(id)?.owner_id === owner
  const under = (folder: string, what: string, owner: string) =>
    namesIn(join(folder, owner))
      .filter((id) => !known(owner, id))
      .map((id) => left(`${what} of ${id}, which has no row`))
  return [
    ...owners.flatMap((owner) => under(dir, "renditions", owner)),
    ...namesIn(originals).flatMap((owner) => under(originals, "the original", owner)),
    ...namesIn(join(dir, "temporary")).map((name) => left(`the temporary file ${name}`)),
  ]
}

/** Rows whose file is gone. */
function checkOriginals(dir: string, rows: ReadonlyMap<string, MediaRow>): Violation[] {
  return [...rows.values()]
    .filter((row) => !existsSync(join(dir, "originals", row.owner_id, row.id, row.original_sha256)))
    .map(({ id }) => left(`a row of the photo ${id}, whose original is not there`))
}

/** Compares rows, files and what members were told of their photos. */
export async function checkPhotos(sql: Sql, dir: string, claims: Claims): Promise<Violation[]> {
  const media = await sql<MediaRow[]>`
    select id::text, owner_id::text, state, ready_attempt, width, refine_at is null as refined, original_sha256
    from media`
  const rows = new Map(media.map((row) => [row.id, row]))
  const found: Violation[] = []
  for (const [id, claim] of claims.uploads) found.push(...(await checkUpload(dir, id, claim, rows.get(id))))
  for (const row of media) found.push(...checkRenditions(dir, row))
  return [...found, ...checkOrphans(dir, rows), ...checkOriginals(dir, rows)]
}
