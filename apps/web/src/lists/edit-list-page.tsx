import { useSignal } from "@preact/signals"
import type { List } from "@tintype/contract"
import { closeHomeFeed } from "../feed/home-feed.ts"
import { useTitle } from "../shell/title.ts"
import { toast } from "../shell/toasts.tsx"
import { DeleteListDialog } from "./delete-list-dialog.tsx"
import { ListForm, type ListWish } from "./list-form.tsx"
import { ListMembers } from "./list-members.tsx"
import "./lists.css"
import { listsApi } from "./lists-api.ts"
import { OneList } from "./one-list.tsx"

/** Where a list is renamed, emptied and deleted. */
export function EditListPage({ id }: { id: string }) {
  return <OneList id={id}>{(list, change) => <EditList list={list} onChange={change} />}</OneList>
}

function EditList({ list, onChange }: { list: List; onChange: (list: List) => void }) {
  useTitle(list.title)
  const isAsked = useSignal(false)
  const save = async (wish: ListWish) => {
    onChange((await listsApi.updateList({ params: { id: list.id }, body: wish })).body)
    closeHomeFeed()
    toast("Saved.")
  }
  return (
    <section class="plate lists">
      <h1>
        <bdi>{list.title}</bdi>
      </h1>
      <p>
        <a href={`/lists/${list.id}`}>See what its people share</a>
      </p>
      <ListForm list={list} submit="Save" onSubmit={save} />
      <section aria-labelledby="members">
        <h2 id="members">People</h2>
        <ListMembers id={list.id} />
      </section>
      <p class="list-end-of">
        <button
          type="button"
          class="button"
          onClick={() => {
            isAsked.value = true
          }}
        >
          Delete this list
        </button>
      </p>
      {isAsked.value && (
        <DeleteListDialog
          list={list}
          onClose={() => {
            isAsked.value = false
          }}
        />
      )}
    </section>
  )
}
