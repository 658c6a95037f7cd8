import { useSignal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { useRef } from "preact/hooks"
import { Caption } from "../posts/caption.tsx"
import { Carousel } from "../posts/carousel.tsx"
import { DeleteDialog } from "../posts/delete-dialog.tsx"
import { nameOf } from "../posts/post-card.tsx"
import { relativeTime } from "../posts/relative-time.ts"
import type { Shelf } from "../posts/shelf.ts"
import { member } from "../session/session.ts"
import { Icon } from "../shell/icons.tsx"
import { CommentForm } from "./comment-form.tsx"

interface OneCommentProps {
  comment: Status
  shelf: Shelf
  /** Whether it answers the post itself, and not another comment. */
  direct: boolean
  /** Somebody answered it. */
  onSaid: (comment: Status) => void
}

/** What somebody said, and to whom if not about the post. */
export function OneComment({ comment, shelf, direct, onSaid }: OneCommentProps) {
  const { account } = comment
  const answered = comment.mentions.find(({ id }) => id === comment.in_reply_to_account_id)
  return (
    <li class={direct ? "comment" : "comment answer"} aria-label={`Comment by ${nameOf(account)}`}>
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
        {member.value && <AnswerButton comment={comment} onSaid={onSaid} />}
      </div>
      {member.value?.id === account.id && <DeleteButton comment={comment} shelf={shelf} />}
    </li>
  )
}

/** Opens a box below the comment to answer it. */
function AnswerButton({ comment, onSaid }: { comment: Status; onSaid: (comment: Status) => void }) {
  const open = useSignal(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    open.value = false
    button.current?.focus()
  }
  const name = comment.account.username
  return (
    <>
      <button
        ref={button}
        type="button"
        class="comment-answer"
        aria-label={`Answer @${name}`}
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        Answer
      </button>
      {open.value && (
        <CommentForm
          post={comment}
          label={`Your answer to @${name}`}
          button="Send answer"
          onClose={close}
          onSaid={(answer) => {
            close()
            onSaid(answer)
          }}
        />
      )}
    </>
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
