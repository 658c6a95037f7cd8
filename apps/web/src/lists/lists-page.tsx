import { useSignal } from "@preact/signals"
import type { List } from "@tintype/contract"
import { useEffect } from "preact/hooks"
import { tell } from "../api.ts"
import { Icon } from "../shell/icons.tsx"
import { Empty, Fault, Waiting } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { toast } from "../shell/toasts.tsx"
import { ListForm, type ListWish } from "./list-form.tsx"
import "./lists.css"
import { listsApi } from "./lists-api.ts"

/** The member's lists, and a form to make another one. */
export function ListsPage() {
  useTitle("Lists")
  const lists = useSignal<List[] | undefined>(undefined)
  const fault = useSignal<string | undefined>(undefined)
  const load = () => {
    fault.value = undefined
    listsApi
      .listLists()
      .then(({ body }) => {
        lists.value = body
      })
      .catch((error: unknown) => {
        fault.value = tell(error)
      })
  }
  useEffect(load, [])
  const create = async (wish: ListWish) => {
    const { body } = await listsApi.createList({ body: wish })
    lists.value = [...(lists.value ?? []), body]
    toast(`The list “${body.title}” is there. Add people from their profiles.`)
  }
  return (
    <section class="plate lists">
      <h1>Lists</h1>
      {fault.value && <Fault text={fault.value} onRetry={load} />}
      {!lists.value && !fault.value && <Waiting what="your lists" />}
      {lists.value?.length === 0 && (
        <Empty title="No lists yet">
          <p>
            A list gathers some of the people whom you follow on a wall of its own. Nobody else learns of it.
          </p>
        </Empty>
      )}
      <ul class="list-cards">
        {lists.value?.map((list) => (
          <li key={list.id}>
            <a class="list-card" href={`/lists/${list.id}`}>
              <bdi>{list.title}</bdi>
              {list.exclusive && <span class="badge">Only here</span>}
              <Icon name="right" />
            </a>
          </li>
        ))}
      </ul>
      <section class="stack" aria-labelledby="new-list">
        <h2 id="new-list">A new list</h2>
        <ListForm submit="Make the list" onSubmit={create} />
      </section>
    </section>
  )
}
