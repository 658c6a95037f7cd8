import type { Status } from "@tintype/contract"
import { useEffect, useMemo } from "preact/hooks"
import type { Shelf } from "../posts/shelf.ts"
import { member } from "../session/session.ts"
import { Fault, Waiting } from "../shell/states.tsx"
import { CommentForm } from "./comment-form.tsx"
import "./comments.css"
import { type CommentsOf, commentsOf } from "./comments-of.ts"
import { OneComment } from "./one-comment.tsx"

interface CommentsProps {
  post: Status
  /** Where the post itself lives: told how many comments it has. */
  shelf: Shelf
}

/** What is said under a post, and a box to say something. */
export function Comments({ post, shelf }: CommentsProps) {
  const comments = useMemo(() => commentsOf(post.id), [post.id])
  useEffect(() => void comments.load(), [comments])
  const count = (by: 1 | -1) =>
    shelf.replace({ ...post, replies_count: Math.max(0, post.replies_count + by) })
  const onSaid = (comment: Status) => {
    comments.add(comment)
    if (comment.in_reply_to_id === post.id) count(1)
  }
  return (
    <section class="comments" aria-label="Comments">
      <h2>Comments</h2>
      <Said post={post} comments={comments} onSaid={onSaid} onGone={() => count(-1)} />
      {member.value ? (
        <CommentForm post={post} label="Your comment" button="Comment" onSaid={onSaid} />
      ) : (
        <SignInHint />
      )}
    </section>
  )
}

interface SaidProps {
  post: Status
  comments: CommentsOf
  onSaid: (comment: Status) => void
  /** One that answered the post itself was deleted. */
  onGone: () => void
}

function Said({ post, comments, onSaid, onGone }: SaidProps) {
  const all = comments.all.value
  if (comments.fault.value) return <Fault text={comments.fault.value} onRetry={() => void comments.load()} />
  if (all === undefined) return <Waiting what="comments" />
  if (all.length === 0) return <p class="note">Nobody has said anything yet.</p>
  const shelfOf = (direct: boolean): Shelf => ({
    replace: (changed) => comments.replace(changed),
    remove: (id) => {
      comments.remove(id)
      if (direct) onGone()
    },
  })
  const left = all.length - comments.shown.value
  return (
    <>
      <ol class="comment-list">
        {all.slice(0, comments.shown.value).map((comment) => {
          const direct = comment.in_reply_to_id === post.id
          const each = { comment, direct, onSaid, shelf: shelfOf(direct) }
          return <OneComment key={comment.id} {...each} />
        })}
      </ol>
      {left > 0 && (
        <button type="button" class="button small" onClick={() => comments.more()}>
          {left === 1 ? "One more comment" : `${left.toLocaleString("en")} more comments`}
        </button>
      )}
    </>
  )
}

const SignInHint = () => (
  <p class="note">
    <a href="/sign-in">Sign in</a> to say something.
  </p>
)
