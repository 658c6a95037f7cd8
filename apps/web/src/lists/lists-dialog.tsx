import { useSignal } from "@preact/signals"
import type { Account, List } from "@tintype/contract"
import { useEffect, useId, useRef } from "preact/hooks"
import { closeHomeFeed } from "../feed/home-feed.ts"
import { Waiting } from "../shell/states.tsx"
import { report } from "../shell/toasts.tsx"
import "./lists.css"
import { ListForm, type ListWish } from "./list-form.tsx"
import { listsApi } from "./lists-api.ts"

/** On which of the member's lists an account is: each is a box to tick. */
export function ListsDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const lists = useSignal<List[] | undefined>(undefined)
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  useEffect(() => {
    dialog.current?.showModal()
    Promise.all([listsApi.listLists(), listsApi.listsWithAccount({ params: { id: account.id } })])
      .then(([all, having]) => {
        chosen.value = new Set(having.body.map(({ id }) => id))
        lists.value = all.body
      })
      .catch(report)
  }, [account.id, chosen, lists])
  const put = async (id: string, isOn: boolean) => {
    const call = { params: { id }, body: { account_ids: [account.id] } }
    await (isOn ? listsApi.addToList(call) : listsApi.removeFromList(call))
    const others = [...chosen.value].filter((other) => other !== id)
    chosen.value = new Set(isOn ? [...others, id] : others)
    closeHomeFeed()
  }
  const create = async (wish: ListWish) => {
    const { body } = await listsApi.createList({ body: wish })
    lists.value = [...(lists.value ?? []), body]
    await put(body.id, true)
  }
  return (
    <dialog ref={dialog} class="dialog lists-dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>
        Lists with <bdi>@{account.username}</bdi>
      </h2>
      {lists.value === undefined && <Waiting what="your lists" />}
      <ul class="stack">
        {lists.value?.map((list) => (
          <li key={list.id}>
            <Place list={list} isOn={chosen.value.has(list.id)} onPut={(isOn) => put(list.id, isOn)} />
          </li>
        ))}
      </ul>
      <details open={lists.value?.length === 0}>
        <summary>A new list</summary>
        <ListForm submit="Make the list" onSubmit={create} />
      </details>
      <div class="row end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Done
        </button>
      </div>
    </dialog>
  )
}

interface PlaceProps {
  list: List
  isOn: boolean
  onPut: (isOn: boolean) => Promise<void>
}

function Place({ list, isOn, onPut }: PlaceProps) {
  const busy = useSignal(false)
  const change = (wanted: boolean) => {
    busy.value = true
    onPut(wanted)
      .catch(report)
      .finally(() => {
        busy.value = false
      })
  }
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={isOn}
        disabled={busy.value}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      <bdi>{list.title}</bdi>
      {list.exclusive && <small>Only here: not at home</small>}
    </label>
  )
}
