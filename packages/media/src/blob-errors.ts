/** More bytes came than allowed; nothing was kept. */
export class BlobTooLarge extends Error {
  override name = "BlobTooLarge"
}

/** The disk is full (ENOSPC) or the quota used up (EDQUOT); nothing was kept. */
export class StorageFull extends Error {
  override name = "StorageFull"
}

/** Gives the errors of a full disk their name and passes the others on. */
export function namedStorageError(error: unknown): unknown {
  const full =
    error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")
  return full ? new StorageFull("the blob store is full", { cause: error }) : error
}
