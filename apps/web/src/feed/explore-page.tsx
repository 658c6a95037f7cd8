import type { Status } from "@tintype/contract"
import { api } from "../api.ts"
import type { FetchPage } from "../paging/paged-list.ts"
import { Empty } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { FetchedFeed } from "./fetched-feed.tsx"

const fetchPage: FetchPage<Status> = (href, signal) =>
  api.publicTimeline({ signal, ...(href ? { href } : { query: { limit: 20, local: true } }) })

/** What all members show to everybody. */
export function ExplorePage() {
  useTitle("Explore")
  return (
    <FetchedFeed
      fetchPage={fetchPage}
      title="Explore"
      empty={
        <Empty title="Nothing on the wall yet">
          <p>Public photographs of all members hang here.</p>
        </Empty>
      }
    />
  )
}
