/** More bytes came than allowed; nothing was kept. */
export class BlobTooLarge extends Error {
  override name = "BlobTooLarge"
}

/** The disk is full (ENOSPC) or the quota used up (EDQUOT); nothing was kept. */
export class StorageFull extends Error {
  override name = "StorageFull"
}

/** The system's name for what went wrong, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined
}

/** Gives the errors of a full disk their name and passes the others on. */
export function namedStorageError(error: unknown): unknown {
  const code = errorCode(error)
  return code === "ENOSPC" || code === "EDQUOT"
    ? new StorageFull("the blob store is full", { cause: error })
    : error
}
