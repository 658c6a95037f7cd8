import type { Account } from "@tintype/contract"
import { lazy } from "preact-iso"
import { DialogButton } from "../shell/dialog-button.tsx"

const ListsDialog = lazy(() => import("./lists-dialog.tsx").then((part) => part.ListsDialog))

/** Opens the choice of lists for an account that the member follows. */
export const ListsButton = ({ account }: { account: Account }) => (
  <DialogButton
    icon="stack"
    label="Lists"
    dialog={(onClose) => <ListsDialog account={account} onClose={onClose} />}
  />
)
