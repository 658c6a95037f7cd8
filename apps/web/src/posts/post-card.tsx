import { useSignal } from "@preact/signals"
import type { Account, Status } from "@tintype/contract"
import { member } from "../session/session.ts"
import { Icon } from "../shell/icons.tsx"
import { Caption } from "./caption.tsx"
import { Carousel } from "./carousel.tsx"
import { DeleteDialog } from "./delete-dialog.tsx"
import { EditDialog } from "./edit-dialog.tsx"
import { toggleBookmark, toggleLike } from "./marks.ts"
import { relativeTime } from "./relative-time.ts"
import type { Shelf } from "./shelf.ts"

interface PostProps {
  post: Status
  shelf: Shelf
}

/** One post as it hangs in a feed or on its own page. */
export function PostCard({ post, shelf, eager = false }: PostProps & { eager?: boolean }) {
  return (
    <article class="post" aria-label={`Post by ${nameOf(post.account)}`}>
      <PostHead post={post} />
      <Answered post={post} />
      <Carousel photos={post.media_attachments} eager={eager} />
      <PostActions post={post} shelf={shelf} />
      <Caption html={post.content} />
    </article>
  )
}

/** What a comment answers, where it stands by itself. */
function Answered({ post }: { post: Status }) {
  if (!post.in_reply_to_id) return null
  const other = post.mentions.find(({ id }) => id === post.in_reply_to_account_id)
  const name = other?.username ?? post.account.username
  return (
    <p class="answered">
      In answer to <a href={`/@${name}/${post.in_reply_to_id}`}>@{name}</a>
    </p>
  )
}

/** What an account wants to be called. */
export const nameOf = (account: Account): string => account.display_name.trim() || account.username

const VISIBILITY_WORDS = {
  public: "",
  unlisted: "Unlisted",
  private: "Followers",
  direct: "Direct",
} as const

function PostHead({ post }: { post: Status }) {
  const { account } = post
  const seenBy = VISIBILITY_WORDS[post.visibility]
  return (
    <header class="post-head">
      <a class="person" href={`/@${account.username}`}>
        <img class="avatar" src={account.avatar_static} alt="" width="40" height="40" loading="lazy" />
        <span class="person-names">
          <bdi class="person-name">{nameOf(account)}</bdi>
          <span class="person-handle">@{account.username}</span>
        </span>
      </a>
      {seenBy && (
        <span class="badge">
          <Icon name="lock" />
          {seenBy}
        </span>
      )}
      <a class="when" href={`/@${account.username}/${post.id}`}>
        <time dateTime={post.created_at} title={new Date(post.created_at).toLocaleString()}>
          {relativeTime(post.created_at, Date.now())}
        </time>
      </a>
    </header>
  )
}

/** Changes and deletes an own post. */
function OwnerTools({ post, shelf }: PostProps) {
  const open = useSignal<"edit" | "delete" | undefined>(undefined)
  const close = () => {
    open.value = undefined
  }
  const show = (dialog: "edit" | "delete") => () => {
    open.value = dialog
  }
  return (
    <>
      <button type="button" class="action push" aria-label="Edit" onClick={show("edit")}>
        <Icon name="pencil" />
      </button>
      <button type="button" class="action push" aria-label="Delete" onClick={show("delete")}>
        <Icon name="trash" />
      </button>
      {open.value === "edit" && <EditDialog post={post} shelf={shelf} onClose={close} />}
      {open.value === "delete" && <DeleteDialog post={post} shelf={shelf} onClose={close} />}
    </>
  )
}

function PostActions({ post, shelf }: PostProps) {
  const own = member.value?.id === post.account.id
  return (
    <div class="post-actions">
      <LikeButton post={post} shelf={shelf} />
      <CommentsLink post={post} />
      <div class="post-tools">
        {own && <OwnerTools post={post} shelf={shelf} />}
        {member.value && <BookmarkButton post={post} shelf={shelf} />}
      </div>
    </div>
  )
}

function LikeButton({ post, shelf }: PostProps) {
  const liked = post.favourited ?? false
  const count = post.favourites_count
  return (
    <div class="likes">
      <button
        type="button"
        class={liked ? "action liked" : "action"}
        aria-label={liked ? "Unlike" : "Like"}
        disabled={!member.value}
        onClick={() => void toggleLike(post, shelf)}
      >
        <Icon name="heart" filled={liked} />
      </button>
      <span class="like-count" aria-live="polite">
        {count === 0 ? "" : `${count.toLocaleString("en")} ${count === 1 ? "like" : "likes"}`}
      </span>
    </div>
  )
}

/** Leads to what is said about the post, and tells how much that is. */
function CommentsLink({ post }: { post: Status }) {
  const count = post.replies_count
  const shown = count.toLocaleString("en")
  const label = count === 0 ? "Comment" : `${shown} ${count === 1 ? "comment" : "comments"}`
  return (
    <a class="comments-link" href={`/@${post.account.username}/${post.id}`} aria-label={label}>
      <Icon name="comment" />
      {count > 0 && <span aria-hidden="true">{shown}</span>}
    </a>
  )
}

function BookmarkButton({ post, shelf }: PostProps) {
  const kept = post.bookmarked ?? false
  return (
    <button
      type="button"
      class={kept ? "action kept" : "action"}
      aria-label={kept ? "Remove bookmark" : "Bookmark"}
      onClick={() => void toggleBookmark(post, shelf)}
    >
      <Icon name="bookmark" filled={kept} />
    </button>
  )
}
