import type { Account } from "@tintype/contract"
import { useEffect, useMemo } from "preact/hooks"
import { closeHomeFeed } from "../feed/home-feed.ts"
import { ListFoot } from "../paging/list-foot.tsx"
import { pagedList } from "../paging/paged-list.ts"
import { nameOf } from "../posts/post-card.tsx"
import { report, toast } from "../shell/toasts.tsx"
import { listsApi } from "./lists-api.ts"

/** Who is on a list, each with a button that takes them off. */
export function ListMembers({ id }: { id: string }) {
  const people = useMemo(
    () =>
      pagedList<Account>((href, signal) =>
        listsApi.listMembers({ signal, ...(href ? { href } : { params: { id }, query: { limit: 40 } }) }),
      ),
    [id],
  )
  useEffect(() => {
    void people.refresh()
    return () => people.close()
  }, [people])
  const remove = (account: Account) => {
    listsApi
      .removeFromList({ params: { id }, body: { account_ids: [account.id] } })
      .then(() => {
        people.remove(account.id)
        closeHomeFeed()
        toast(`@${account.username} is off the list.`)
      })
      .catch(report)
  }
  return (
    <>
      {people.items.value?.length === 0 && (
        <p class="aside">Nobody is on it yet. Open the profile of somebody whom you follow to add them.</p>
      )}
      <ul>
        {people.items.value?.map((account) => (
          <li key={account.id} class="list-member">
            <a class="person" href={`/@${account.username}`}>
              <img class="avatar" src={account.avatar_static} alt="" width="40" height="40" loading="lazy" />
              <span class="person-names">
                <bdi class="person-name">{nameOf(account)}</bdi>
                <span class="person-handle">@{account.username}</span>
              </span>
            </a>
            <button
              type="button"
              class="button small"
              aria-label={`Remove @${account.username} from the list`}
              onClick={() => remove(account)}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <ListFoot list={people} what="people" />
    </>
  )
}
