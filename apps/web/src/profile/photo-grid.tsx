import type { Account, Status } from "@tintype/contract"
import { useEffect, useMemo } from "preact/hooks"
import { api } from "../api.ts"
import { ListFoot } from "../paging/list-foot.tsx"
import { pagedList } from "../paging/paged-list.ts"
import { Photo } from "../posts/photo.tsx"
import { member } from "../session/session.ts"
import { Icon } from "../shell/icons.tsx"
import { Empty } from "../shell/states.tsx"

const PAGE = 30
/** What timelines show of an account: comments stand under their posts. */
const PHOTOS = { only_media: true, exclude_replies: true }
/** Three columns of a column of at most 58 rem. */
const GRID_SIZES = "(min-width: 60rem) 300px, 33vw"

interface PhotoGridProps {
  account: Account
  /** Which of the two blocks the other: the member, or the account. */
  barred: "blocking" | "blocked" | undefined
}

/** An account's posts by their first photographs, newest first. */
export function PhotoGrid({ account, barred }: PhotoGridProps) {
  const { id } = account
  const list = useMemo(
    () =>
      pagedList<Status>((href, signal) =>
        api.accountStatuses({
          signal,
          ...(href ? { href } : { params: { id }, query: { ...PHOTOS, limit: PAGE } }),
        }),
      ),
    [id],
  )
  useEffect(() => {
    void list.refresh()
    return () => list.close()
  }, [list])
  const posts = list.items.value
  return (
    <section aria-label="Photographs">
      {posts?.length === 0 && <NoPhotos own={member.value?.id === id} barred={barred} />}
      <ul class="grid">
        {posts?.map((post) => (
          <li key={post.id}>
            <Tile post={post} />
          </li>
        ))}
      </ul>
      <ListFoot list={list} what="photographs" />
    </section>
  )
}

function Tile({ post }: { post: Status }) {
  const [photo] = post.media_attachments
  const count = post.media_attachments.length
  const described = photo?.description || `Post of ${new Date(post.created_at).toLocaleDateString("en")}`
  return (
    <a class="tile" href={`/@${post.account.username}/${post.id}`} aria-label={described}>
      {photo && <Photo photo={photo} sizes={GRID_SIZES} />}
      {count > 1 && (
        <span class="tile-count" title={`${count} photographs`}>
          <Icon name="stack" />
        </span>
      )}
    </a>
  )
}

const BARRED = {
  blocking: ["You block them", "While you do, neither of you sees the other's photographs here."],
  blocked: ["They block you", "Their photographs are not shown to you."],
} as const

function NoPhotos({ own, barred }: { own: boolean; barred: PhotoGridProps["barred"] }) {
  if (barred) {
    const [title, words] = BARRED[barred]
    return (
      <Empty title={title}>
        <p>{words}</p>
      </Empty>
    )
  }
  return (
    <Empty title="No photographs yet">
      {own ? (
        <p>
          <a class="button primary" href="/new">
            Share your first
          </a>
        </p>
      ) : (
        <p>Nothing is shown here so far. Follow to see what comes.</p>
      )}
    </Empty>
  )
}
