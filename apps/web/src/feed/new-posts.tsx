import type { Status } from "@tintype/contract"
import { useEffect, useState } from "preact/hooks"
import type { PagedList } from "../paging/paged-list.ts"
import { followLive, type LiveFeed } from "./live-feed.ts"

interface NewPostsProps {
  list: PagedList<Status>
  /** Which stream tells of the list's posts, as its address names it. */
  stream: string
}

/** Says what has come while the reader reads; nothing moves until they ask for it. */
export function NewPosts({ list, stream }: NewPostsProps) {
  const [live, setLive] = useState<LiveFeed>()
  useEffect(() => {
    const opened = followLive(list, stream)
    setLive(opened)
    return () => opened.close()
  }, [list, stream])
  const count = live?.waiting.value ?? 0
  const show = () => {
    scrollTo({ top: 0 })
    void live?.show()
  }
  return (
    <div class="new-posts" role="status">
      {count > 0 && (
        <button type="button" class="button primary" onClick={show}>
          {count === 1 ? "A new photograph" : `${count} new photographs`}
        </button>
      )}
    </div>
  )
}
