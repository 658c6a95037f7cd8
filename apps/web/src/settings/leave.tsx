import { useSignal } from "@preact/signals"
import type { TargetedSubmitEvent } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { useLocation } from "preact-iso"
import { TextField } from "../forms/field.tsx"
import { textOf, useSubmission } from "../forms/submission.ts"
import { FormError } from "../forms/submit.tsx"
import { leaveForGood } from "../session/session.ts"
import { toast } from "../shell/toasts.tsx"

/** Where members delete their account. */
export function Leave({ username }: { username: string }) {
  const asking = useSignal(false)
  return (
    <section class="stack leaving" aria-labelledby="leaving">
      <h2 id="leaving">Delete your account</h2>
      <p>
        Your profile, your posts, your photographs and their originals, likes and lists go for good, and
        nobody can bring them back. The name @{username} is never given away again. If you want to keep
        anything, export it first: see “Your data” above.
      </p>
      <p>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            asking.value = true
          }}
        >
          Delete my account…
        </button>
      </p>
      {asking.value && (
        <LeaveDialog
          username={username}
          onClose={() => {
            asking.value = false
          }}
        />
      )}
    </section>
  )
}

function LeaveDialog({ username, onClose }: { username: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const { route } = useLocation()
  const submission = useSubmission(["password"])
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = textOf(event.currentTarget, "password")
    void submission.send(async () => {
      await leaveForGood(password)
      route("/")
      toast("Your account is deleted.")
    })
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>Delete @{username} for good?</h2>
      <form class="stack" onSubmit={submit}>
        <p class="dialog-text">Everything of yours is gone at once, for everybody. This cannot be undone.</p>
        <TextField
          label="Your password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error={submission.fieldError("password")}
        />
        <FormError text={submission.formError} />
        <div class="row end">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Stay
          </button>
          <button type="submit" class="button danger" disabled={submission.busy.value}>
            Delete everything
          </button>
        </div>
      </form>
    </dialog>
  )
}
