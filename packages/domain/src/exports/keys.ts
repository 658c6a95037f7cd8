import type { AccountId, ExportId } from "@tintype/db"

/** Where everything of an export lies in the blob store. */
export const exportFolder = (ownerId: AccountId, id: ExportId) => `exports/${ownerId}/${id}`

/** What one chunk was packed to. */
export const partKey = (ownerId: AccountId, id: ExportId, part: number) =>
  `${exportFolder(ownerId, id)}/parts/${part}.json`

/** Each attempt writes a file of its own: a late one never changes what somebody downloads. */
export const archiveKey = (ownerId: AccountId, id: ExportId, attempt: number) =>
  `${exportFolder(ownerId, id)}/${attempt}/archive.zip`
