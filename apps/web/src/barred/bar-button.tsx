import type { Account, Relationship } from "@tintype/contract"
import { lazy } from "preact-iso"
import { DialogButton } from "../shell/dialog-button.tsx"

const BarDialog = lazy(() => import("./bar-dialog.tsx").then((part) => part.BarDialog))

export interface BarProps {
  account: Account
  relationship: Relationship
  onChange: (changed: Relationship) => void
}

/** Opens the choice of muting and blocking somebody, or of ending that. */
export const BarButton = (props: BarProps) => (
  <DialogButton
    icon="lock"
    label="Mute or block"
    dialog={(onClose) => <BarDialog {...props} onClose={onClose} />}
  />
)
