import { signal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { api } from "../api.ts"
import { type PagedList, pagedList } from "../paging/paged-list.ts"

const open = () =>
  pagedList<Status>((href, signal) =>
    api.homeTimeline({ signal, ...(href ? { href } : { query: { limit: 20 } }) }),
  )

/** The home feed outlives its page, so that going back shows it at once and where it was. */
export const homeFeed = signal<PagedList<Status>>(open())

/** Forgets the feed, when another member (or nobody) is signed in. */
export function closeHomeFeed(): void {
  homeFeed.value.close()
  homeFeed.value = open()
}
