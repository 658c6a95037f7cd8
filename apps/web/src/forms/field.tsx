import type { InputHTMLAttributes, TextareaHTMLAttributes } from "preact"
import { useId } from "preact/hooks"

interface Shared {
  label: string
  hint?: string | undefined
  error?: string | undefined
}

type TextFieldProps = Shared & InputHTMLAttributes
type TextAreaProps = Shared & TextareaHTMLAttributes

/** A labelled line of text; what is wrong with it is said beside it and to screen readers. */
export function TextField({ label, hint, error, ...rest }: TextFieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input {...rest} id={id} aria-invalid={error ? true : undefined} aria-describedby={`${id}-note`} />
      <Note id={`${id}-note`} hint={hint} error={error} />
    </div>
  )
}

/** A labelled text of several lines. */
export function TextArea({ label, hint, error, ...rest }: TextAreaProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea {...rest} id={id} aria-invalid={error ? true : undefined} aria-describedby={`${id}-note`} />
      <Note id={`${id}-note`} hint={hint} error={error} />
    </div>
  )
}

function Note({ id, hint, error }: { id: string; hint: string | undefined; error: string | undefined }) {
  return (
    <p id={id} class={error ? "note note-error" : "note"} aria-live="polite">
      {error ?? hint}
    </p>
  )
}
