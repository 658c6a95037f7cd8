import { useSignal } from "@preact/signals"
import type { Account } from "@tintype/contract"
import { lazy } from "preact-iso"
import { Icon } from "../shell/icons.tsx"

const ListsDialog = lazy(() => import("./lists-dialog.tsx").then((part) => part.ListsDialog))

/** Opens the choice of lists for an account that the member follows. */
export function ListsButton({ account }: { account: Account }) {
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
        <Icon name="stack" />
        Lists
      </button>
      {isOpen.value && (
        <ListsDialog
          account={account}
          onClose={() => {
            isOpen.value = false
          }}
        />
      )}
    </>
  )
}
