/** What those who waited for a leader do: look into Redis again, or load without asking Redis any further. */
export type Verdict = "look" | "load"

/** The keys that one reader deals with for all of its process. */
export interface Lead {
  /** Lets those go on who wait for the key. Without effect when it has ended before. */
  end(key: string, verdict: Verdict): void
  endAll(verdict: Verdict): void
  /** Those of the keys that are still led are no more this one's, but the one's that is given. */
  handOver(keys: readonly { key: string }[]): Lead
}

/** Per key at most one reader of this process, the leader, deals with Redis and the database; the others wait. */
export interface Leaders {
  has(key: string): boolean
  /** The caller leads from now on, and must end it. None of the keys may have a leader. */
  begin(keys: readonly { key: string }[]): Lead
  /** Bounded by what bounds the leader: the timeouts of Redis and of the database. */
  ended(key: string): Promise<Verdict>
}

export function createLeaders(): Leaders {
  const leading = new Map<string, Promise<Verdict>>()
  const leadOf = (open: Map<string, (verdict: Verdict) => void>): Lead => ({
    end(key, verdict) {
      const resolve = open.get(key)
      if (!resolve) return
      open.delete(key)
      leading.delete(key)
      resolve(verdict)
    },
    endAll(verdict) {
      for (const key of [...open.keys()]) this.end(key, verdict)
    },
    handOver(keys) {
      const taken: typeof open = new Map()
      for (const { key } of keys) {
        const resolve = open.get(key)
        if (resolve && open.delete(key)) taken.set(key, resolve)
      }
      return leadOf(taken)
    },
  })
  return {
    has: (key) => leading.has(key),
    begin(keys) {
      const open = new Map<string, (verdict: Verdict) => void>()
      for (const { key } of keys) {
        const { promise, resolve } = Promise.withResolvers<Verdict>()
        leading.set(key, promise)
        open.set(key, resolve)
      }
      return leadOf(open)
    },
    ended: async (key) => leading.get(key) ?? "look",
  }
}
