import { useSignal } from "@preact/signals"
import type { List } from "@tintype/contract"
import { useEffect, useId, useRef } from "preact/hooks"
import { useLocation } from "preact-iso"
import { closeHomeFeed } from "../feed/home-feed.ts"
import { report, toast } from "../shell/toasts.tsx"
import { listsApi } from "./lists-api.ts"

/** Asks before a list is deleted, then deletes it. */
export function DeleteListDialog({ list, onClose }: { list: List; onClose: () => void }) {
  const { route } = useLocation()
  const dialog = useRef<HTMLDialogElement>(null)
  const busy = useSignal(false)
  const title = useId()
  useEffect(() => dialog.current?.showModal(), [])
  const remove = async () => {
    busy.value = true
    try {
      await listsApi.deleteList({ params: { id: list.id } })
      closeHomeFeed()
      toast("The list is deleted.")
      route("/lists")
    } catch (error) {
      busy.value = false
      report(error)
    }
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>
        Delete “<bdi>{list.title}</bdi>”?
      </h2>
      <p class="dialog-text">You go on following everybody who is on it.</p>
      <div class="row end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Keep
        </button>
        <button type="button" class="button danger" disabled={busy.value} onClick={() => void remove()}>
          Delete list
        </button>
      </div>
    </dialog>
  )
}
