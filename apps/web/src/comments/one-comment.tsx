import { useSignal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { Caption } from "../posts/caption.tsx"
import { Carousel } from "../posts/carousel.tsx"
import { DeleteDialog } from "../posts/delete-dialog.tsx"
import { nameOf } from "../posts/post-card.tsx"
import { relativeTime } from "../posts/relative-time.ts"
import type { Shelf } from "../posts/shelf.ts"
import { member } from "../session/session.ts"
import { Icon } from "../shell/icons.tsx"

interface OneCommentProps {
  comment: Status
  shelf: Shelf
  /** Whether it answers the post itself, and not another comment. */
  direct: boolean
}

/** What somebody said, and to whom if not about the post. */
export function OneComment({ comment, shelf, direct }: OneCommentProps) {
  const { account } = comment
  const answered = comment.mentions.find(({ id }) => id === comment.in_reply_to_account_id)
  return (
    <li class="comment" aria-label={`Comment by ${nameOf(account)}`}>
      <img class="avatar" src={account.avatar_static} alt="" width="32" height="32" loading="lazy" />
      <div class="comment-body">
        <p class="comment-head">
          <a class="comment-name" href={`/@${account.username}`}>
            <bdi>{nameOf(account)}</bdi>
          </a>
          {!direct && answered && <span class="comment-to">to @{answered.username}</span>}
          <a class="when" href={`/@${account.username}/${comment.id}`}>
            <time dateTime={comment.created_at} title={new Date(comment.created_at).toLocaleString()}>
              {relativeTime(comment.created_at, Date.now())}
            </time>
          </a>
        </p>
        <Caption html={comment.content} />
        <Carousel photos={comment.media_attachments} eager={false} />
      </div>
      {member.value?.id === account.id && <DeleteButton comment={comment} shelf={shelf} />}
    </li>
  )
}

function DeleteButton({ comment, shelf }: { comment: Status; shelf: Shelf }) {
  const asking = useSignal(false)
  return (
    <>
      <button
        type="button"
        class="action push"
        aria-label="Delete comment"
        onClick={() => {
          asking.value = true
        }}
      >
        <Icon name="trash" />
      </button>
      {asking.value && (
        <DeleteDialog
          post={comment}
          shelf={shelf}
          onClose={() => {
            asking.value = false
          }}
        />
      )}
    </>
  )
}
