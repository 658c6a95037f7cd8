import { computed, type ReadonlySignal, signal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import type { PagedList } from "../paging/paged-list.ts"
import { listen, type Told } from "./live-stream.ts"

export interface LiveFeed {
  /** How many posts are there and not shown yet. */
  waiting: ReadonlySignal<number>
  /** Shows them. */
  show(): Promise<void>
  close(): void
}

/** Keeps a feed up with what the server tells; what was missed while it could not is fetched. */
export function followLive(list: PagedList<Status>, stream: string): LiveFeed {
  const fresh = signal<ReadonlySet<string>>(new Set())
  const without = (id: string) => new Set([...fresh.value].filter((other) => other !== id))
  const take = ({ event, payload }: Told) => {
    if (event === "delete") {
      list.remove(payload)
      fresh.value = without(payload)
      return
    }
    // The server writes posts by the contract's schema.
    const post = JSON.parse(payload) as Status
    const isShown = list.items.value?.some(({ id }) => id === post.id)
    if (event === "status.update") list.replace(post)
    else if (event === "update" && !isShown) fresh.value = new Set([...fresh.value, post.id])
  }
  const show = async () => {
    fresh.value = new Set()
    await list.refresh()
  }
  return {
    waiting: computed(() => fresh.value.size),
    show,
    close: listen(stream, take, () => void show()),
  }
}
