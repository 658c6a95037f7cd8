import { useSignal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import type { TargetedSubmitEvent } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { api } from "../api.ts"
import { lengthOf } from "../composer/composition.ts"
import { TextArea } from "../forms/field.tsx"
import { randomKey } from "../forms/random-key.ts"
import { useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"

interface CommentFormProps {
  /** What is answered. */
  post: Status
  label: string
  button: string
  onSaid: (comment: Status) => void
  /** Where it was asked for: it takes the cursor then, and can be sent away. */
  onClose?: () => void
}

/** Asks for a comment. Sent once, however often it is tried: a text has one key until it is answered. */
export function CommentForm({ post, label, button, onSaid, onClose }: CommentFormProps) {
  const text = useSignal("")
  const key = useRef(randomKey())
  const submission = useSubmission([])
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (onClose) form.current?.querySelector("textarea")?.focus()
  }, [])
  const over = lengthOf(text.value) - LIMITS.captionCharacters
  const send = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submission.send(async () => {
      const body = { status: text.value, in_reply_to_id: post.id }
      const said = await api.createStatus({ body, headers: { "idempotency-key": key.current } })
      key.current = randomKey()
      text.value = ""
      onSaid(said.body)
    })
  }
  return (
    <form
      ref={form}
      class="comment-form"
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose?.()
      }}
    >
      <TextArea
        label={label}
        name="status"
        rows={2}
        dir="auto"
        value={text.value}
        error={over > 0 ? `The comment is ${over.toLocaleString("en")} characters too long.` : undefined}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
      <FormError text={submission.formError} />
      <div class="row end">
        {onClose && (
          <button type="button" class="button small" onClick={onClose}>
            Cancel
          </button>
        )}
        <SubmitButton
          label={button}
          busy={submission.busy.value}
          disabled={text.value.trim() === "" || over > 0}
        />
      </div>
    </form>
  )
}
