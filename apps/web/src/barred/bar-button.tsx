import { useSignal } from "@preact/signals"
import type { Account, Relationship } from "@tintype/contract"
import { lazy } from "preact-iso"
import { Icon } from "../shell/icons.tsx"

const BarDialog = lazy(() => import("./bar-dialog.tsx").then((part) => part.BarDialog))

export interface BarProps {
  account: Account
  relationship: Relationship
  onChange: (changed: Relationship) => void
}

/** Opens the choice of muting and blocking somebody, or of ending that. */
export function BarButton(props: BarProps) {
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
        <Icon name="lock" />
        Mute or block
      </button>
      {isOpen.value && (
        <BarDialog
          {...props}
          onClose={() => {
            isOpen.value = false
          }}
        />
      )}
    </>
  )
}
