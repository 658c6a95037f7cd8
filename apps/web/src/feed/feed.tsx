import type { Status } from "@tintype/contract"
import type { ComponentChildren } from "preact"
import { useMemo } from "preact/hooks"
import { ListFoot } from "../paging/list-foot.tsx"
import type { PagedList } from "../paging/paged-list.ts"
import { PostCard } from "../posts/post-card.tsx"
import type { Shelf } from "../posts/shelf.ts"
import { homeFeed } from "./home-feed.ts"

interface FeedProps {
  list: PagedList<Status>
  heading: ComponentChildren
  /** Shown where there is nothing yet. */
  empty: ComponentChildren
}

/** Posts one below the other, further ones fetched as the reader comes near them. */
export function Feed({ list, heading, empty }: FeedProps) {
  const shelf = useMemo(() => shelfOf(list), [list])
  const posts = list.items.value
  return (
    <section class="feed" aria-busy={list.loading.value}>
      {heading}
      {posts?.map((post, index) => (
        <PostCard key={post.id} post={post} shelf={shelf} eager={index === 0} />
      ))}
      {posts?.length === 0 && empty}
      <ListFoot list={list} what="photographs" />
    </section>
  )
}

/** What changes here has changed in the home feed as well. */
function shelfOf(list: PagedList<Status>): Shelf {
  return {
    replace: (post) => {
      list.replace(post)
      homeFeed.value.replace(post)
    },
    remove: (id) => {
      list.remove(id)
      homeFeed.value.remove(id)
    },
  }
}
