import { useSignal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { useEffect, useId, useRef } from "preact/hooks"
import { ApiError, api } from "../api.ts"
import { report, toast } from "../shell/toasts.tsx"
import type { Shelf } from "./shelf.ts"

interface DeleteDialogProps {
  post: Status
  shelf: Shelf
  onClose: () => void
}

const POST = {
  what: "post",
  loss: "Its photographs, caption and likes go for good. This cannot be undone.",
} as const
const COMMENT = {
  what: "comment",
  loss: "It goes for good, and answers to it no longer stand here. This cannot be undone.",
} as const

/** Asks before a post is deleted for good, then deletes it. */
export function DeleteDialog({ post, shelf, onClose }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const busy = useSignal(false)
  const title = useId()
  const { what, loss } = post.in_reply_to_account_id === null ? POST : COMMENT
  useEffect(() => dialog.current?.showModal(), [])
  const remove = async () => {
    busy.value = true
    try {
      await deletePost(post.id)
      toast(`The ${what} is deleted.`)
      onClose()
      shelf.remove(post.id)
      // What had the focus is gone with the post.
      document.getElementById("main")?.focus({ preventScroll: true })
    } catch (error) {
      busy.value = false
      report(error)
    }
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>Delete this {what}?</h2>
      <p class="dialog-text">{loss}</p>
      <div class="row end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Keep
        </button>
        <button type="button" class="button danger" disabled={busy.value} onClick={() => void remove()}>
          Delete {what}
        </button>
      </div>
    </dialog>
  )
}

/** Deletes a post; one that is gone already counts as deleted. */
async function deletePost(id: string): Promise<void> {
  try {
    await api.deleteStatus({ params: { id } })
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
}
