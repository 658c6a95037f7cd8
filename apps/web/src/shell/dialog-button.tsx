import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { Icon, type IconName } from "./icons.tsx"

export interface DialogButtonProps {
  icon: IconName
  label: string
  /** Makes the dialog, given how it is closed. */
  dialog: (onClose: () => void) => ComponentChildren
}

/** A small button that opens a dialog, which is there only while it is open. */
export function DialogButton({ icon, label, dialog }: DialogButtonProps) {
  const isOpen = useSignal(false)
  return (
    <>
      <button
        type="button"
        class="button small"
        aria-haspopup="dialog"
        onClick={() => {
          isOpen.value = true
        }}
      >
        <Icon name={icon} />
        {label}
      </button>
      {isOpen.value &&
        dialog(() => {
          isOpen.value = false
        })}
    </>
  )
}
