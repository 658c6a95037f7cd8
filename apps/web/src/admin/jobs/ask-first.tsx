import { useSignal } from "@preact/signals"
import { useEffect, useId, useRef } from "preact/hooks"

interface AskFirstProps {
  label: string
  question: string
  /** What it leads to. */
  text: string
  disabled?: boolean
  onYes: () => void
}

/** A button for what cannot be undone: it asks first. */
export function AskFirst({ disabled = false, ...asked }: AskFirstProps) {
  const isOpen = useSignal(false)
  return (
    <>
      <button
        type="button"
        class="button small danger"
        aria-haspopup="dialog"
        disabled={disabled}
        onClick={() => {
          isOpen.value = true
        }}
      >
        {asked.label}
      </button>
      {isOpen.value && (
        <Question
          {...asked}
          onClose={() => {
            isOpen.value = false
          }}
        />
      )}
    </>
  )
}

function Question({ label, question, text, onYes, onClose }: AskFirstProps & { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>{question}</h2>
      <p class="dialog-text">{text}</p>
      <div class="row end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Leave it
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            dialog.current?.close()
            onYes()
          }}
        >
          {label}
        </button>
      </div>
    </dialog>
  )
}
