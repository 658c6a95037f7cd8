import type { CacheKey } from "./define-entry.ts"

/**
 * A value as its row stood at one version. `version` is an integer that every change of the row raises; null is
 * a known absence: a deleted row with its version, or a row that never was, with version 0.
 */
export interface Versioned<Value> {
  version: number
  value: Value | null
}

const NEVER_EXISTED: Versioned<never> = { version: 0, value: null }

/** @throws RangeError when it is not an integer from 0 to 2^53 - 1 */
export function checkVersion(version: number): void {
  // Lua computes with doubles: a larger integer would compare wrongly.
  if (!Number.isSafeInteger(version) || version < 0) throw new RangeError(`not a row version: ${version}`)
}

/** What a load found. What is left out counts as a row that never was. */
export class Loaded {
  readonly #rows = new Map<string, Versioned<unknown>>()

  /** @throws RangeError when the version is not an integer from 0 to 2^53 - 1 */
  set<Value>(key: CacheKey<Value>, row: Versioned<Value>): this {
    checkVersion(row.version)
    this.#rows.set(key.key, row)
    return this
  }

  row(key: CacheKey<unknown>): Versioned<unknown> {
    return this.#rows.get(key.key) ?? NEVER_EXISTED
  }
}

/** What a read found. Values may be shared with other readers of this process: they are not to be changed. */
export class Found {
  // By the very key that was asked for: a text that was just put together costs ten times as much to look for.
  readonly #values = new Map<CacheKey<unknown>, unknown>()
  #named: Map<string, unknown> | undefined

  add(key: CacheKey<unknown>, value: unknown): void {
    this.#values.set(key, value)
    this.#named = undefined
  }

  /**
   * The value, or null when there is none.
   *
   * @throws RangeError for a key that was not asked for
   */
  get<Value>(key: CacheKey<Value>): Value | null {
    const given = this.#values.get(key)
    const value = given === undefined ? this.#byText(key) : given
    if (value === undefined) throw new RangeError(`${key.key} was not asked for`)
    // A key's text holds its entry's name and shape: only values of that type were ever put under it.
    return value as Value | null
  }

  /** Another key of the same text means the same. */
  #byText({ key }: CacheKey<unknown>): unknown {
    this.#named ??= new Map([...this.#values].map(([asked, value]) => [asked.key, value]))
    return this.#named.get(key)
  }
}
