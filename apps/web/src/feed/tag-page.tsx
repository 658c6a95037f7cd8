import type { Status } from "@tintype/contract"
import { useMemo } from "preact/hooks"
import { api } from "../api.ts"
import type { FetchPage } from "../paging/paged-list.ts"
import { Empty } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { FetchedFeed } from "./fetched-feed.tsx"

/** Everybody's public photographs with a tag. */
export function TagPage({ tag }: { tag: string }) {
  useTitle(`#${tag}`)
  const fetchPage = useMemo<FetchPage<Status>>(
    () => (href, signal) =>
      api.tagTimeline({ signal, ...(href ? { href } : { params: { hashtag: tag }, query: { limit: 20 } }) }),
    [tag],
  )
  return (
    <FetchedFeed
      fetchPage={fetchPage}
      title={`#${tag}`}
      empty={
        <Empty title="Nothing with this tag">
          <p>
            Public photographs with <bdi>#{tag}</bdi> in their caption hang here.
          </p>
        </Empty>
      }
    />
  )
}
