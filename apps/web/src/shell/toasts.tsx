import { signal } from "@preact/signals"
import { tell } from "../api.ts"

interface Toast {
  id: number
  text: string
  tone: "plain" | "error"
}

const SHOWN_MS = 6000
const MOST_AT_ONCE = 3

const shown = signal<Toast[]>([])
let last = 0

/** Says something at the edge of the screen for a few seconds, and to screen readers. */
export function toast(text: string, tone: Toast["tone"] = "plain"): void {
  const id = ++last
  shown.value = [...shown.value.filter((other) => other.text !== text), { id, text, tone }].slice(
    -MOST_AT_ONCE,
  )
  setTimeout(() => dismiss(id), SHOWN_MS)
}

/** Tells the person about an error that no field can show. */
export function report(error: unknown): void {
  toast(tell(error), "error")
}

function dismiss(id: number): void {
  shown.value = shown.value.filter((one) => one.id !== id)
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((one) => (
        <div key={one.id} class={`toast ${one.tone}`}>
          <span>{one.text}</span>
          <button type="button" class="bare" aria-label="Dismiss" onClick={() => dismiss(one.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
