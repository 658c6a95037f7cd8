import type { ComponentChildren } from "preact"

/** Said while something is fetched; shown only after a moment, so that fast answers do not flicker. */
export function Waiting({ what }: { what: string }) {
  return (
    <p class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="visually-hidden">Loading {what}…</span>
    </p>
  )
}

interface FaultProps {
  text: string
  onRetry?: () => void
}

/** Says what went wrong, and offers to try again. */
export function Fault({ text, onRetry }: FaultProps) {
  return (
    <div class="fault" role="alert">
      <p>{text}</p>
      {onRetry && (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}

interface EmptyProps {
  title: string
  children: ComponentChildren
}

/** Stands where there is nothing yet, and says what to do. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty">
      <span class="empty-plate" aria-hidden="true" />
      <h2>{title}</h2>
      {children}
    </div>
  )
}
