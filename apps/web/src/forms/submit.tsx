interface SubmitButtonProps {
  label: string
  busy: boolean
  disabled?: boolean
}

export function SubmitButton({ label, busy, disabled = false }: SubmitButtonProps) {
  return (
    <button type="submit" class="button primary" disabled={busy || disabled} aria-busy={busy}>
      {label}
    </button>
  )
}

/** What is wrong with a form as a whole. */
export function FormError({ text }: { text: string | undefined }) {
  return (
    <p class="form-error" role="alert">
      {text}
    </p>
  )
}
