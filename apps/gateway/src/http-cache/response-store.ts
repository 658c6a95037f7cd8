import type { StoredResponse } from "./stored-response.ts"

/** Where responses are kept. What it holds is bounded; it may drop anything at any time. */
export interface ResponseStore {
  /** Bytes held, everything counted. */
  readonly bytes: number
  /** Responses held. */
  readonly count: number
  /** Responses that made room for others, since it began. */
  readonly evicted: number
  /** The variants under a key, the newest first. */
  find(key: string): readonly StoredResponse[]
  /** Notes that a response was used. */
  touch(response: StoredResponse): void
  /** Keeps a response in the place of one for the same requests. */
  put(response: StoredResponse): void
  delete(response: StoredResponse): void
  deleteKey(key: string): void
  /** The responses that name a surrogate key. */
  named(surrogateKey: string): readonly StoredResponse[]
  clear(): void
}
