import type { Status } from "@tintype/contract"
import { api } from "../api.ts"
import type { FetchPage } from "../paging/paged-list.ts"
import { RequireMember } from "../session/require-member.tsx"
import { Empty } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { FetchedFeed } from "./fetched-feed.tsx"

const firstPage = { query: { limit: 20 } }
const fetchLikes: FetchPage<Status> = (href, signal) =>
  api.favourites({ signal, ...(href ? { href } : firstPage) })
const fetchBookmarks: FetchPage<Status> = (href, signal) =>
  api.bookmarks({ signal, ...(href ? { href } : firstPage) })

/** What the member likes, the last liked first. */
export function LikesPage() {
  useTitle("Likes")
  const empty = (
    <Empty title="No likes yet">
      <p>Photographs that you like hang here.</p>
    </Empty>
  )
  return (
    <RequireMember>
      <FetchedFeed fetchPage={fetchLikes} title="Likes" empty={empty} />
    </RequireMember>
  )
}

/** What the member keeps for later. */
export function BookmarksPage() {
  useTitle("Bookmarks")
  const empty = (
    <Empty title="No bookmarks yet">
      <p>Keep a photograph by its ribbon to find it here. Nobody else learns of it.</p>
    </Empty>
  )
  return (
    <RequireMember>
      <FetchedFeed fetchPage={fetchBookmarks} title="Bookmarks" empty={empty} />
    </RequireMember>
  )
}
