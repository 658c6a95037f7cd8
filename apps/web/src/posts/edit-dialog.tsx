import { useSignal } from "@preact/signals"
import type { Status, StatusSource, Visibility } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import type { TargetedSubmitEvent } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { api } from "../api.ts"
import { TextArea } from "../forms/field.tsx"
import { textOf, useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"
import { VisibilityChoice } from "../forms/visibility-choice.tsx"
import { report, toast } from "../shell/toasts.tsx"
import type { Shelf } from "./shelf.ts"

interface EditDialogProps {
  post: Status
  shelf: Shelf
  onClose: () => void
}

/** Where members change what an own post says and who may see it. */
export function EditDialog({ post, shelf, onClose }: EditDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const source = useSignal<StatusSource | undefined>(undefined)
  useEffect(() => {
    dialog.current?.showModal()
    api
      .statusSource({ params: { id: post.id } })
      .then(({ body }) => {
        source.value = body
      })
      .catch((error: unknown) => {
        report(error)
        onClose()
      })
  }, [post.id, source, onClose])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>Edit this post</h2>
      {source.value && (
        <EditForm
          post={post}
          source={source.value}
          onLeave={() => dialog.current?.close()}
          onSaved={(changed) => {
            shelf.replace(changed)
            dialog.current?.close()
          }}
        />
      )}
    </dialog>
  )
}

interface EditFormProps {
  post: Status
  source: StatusSource
  onLeave: () => void
  onSaved: (changed: Status) => void
}

function EditForm({ post, source, onLeave, onSaved }: EditFormProps) {
  const visibility = useSignal<Visibility>(post.visibility)
  const submission = useSubmission([])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = textOf(event.currentTarget, "caption")
    void submission.send(async () => {
      onSaved(await save(post, source, text, visibility.value))
      toast("Saved.")
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <TextArea
        label="Caption"
        name="caption"
        dir="auto"
        rows={4}
        maxLength={LIMITS.captionCharacters}
        defaultValue={source.text}
      />
      <VisibilityChoice
        name="visibility"
        legend="Who may see it"
        value={visibility.value}
        onChoose={(chosen) => {
          visibility.value = chosen
        }}
      />
      <FormError text={submission.formError} />
      <div class="row end">
        <button type="button" class="button" onClick={onLeave}>
          Cancel
        </button>
        <SubmitButton label="Save changes" busy={submission.busy.value} />
      </div>
    </form>
  )
}

/** The new text is said once it is settled who may read it. */
async function save(
  post: Status,
  source: StatusSource,
  text: string,
  visibility: Visibility,
): Promise<Status> {
  const params = { id: post.id }
  let changed = post
  if (visibility !== post.visibility)
    changed = (await api.changeVisibility({ params, body: { visibility } })).body
  if (text === source.text) return changed
  const { sensitive, language } = post
  const body = { status: text, spoiler_text: source.spoiler_text, sensitive, language }
  return (await api.editStatus({ params, body })).body
}
