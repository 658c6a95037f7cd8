import type { Account, MutedAccount } from "@tintype/contract"
import type { ComponentChildren } from "preact"
import { useEffect, useMemo } from "preact/hooks"
import { closeHomeFeed } from "../feed/home-feed.ts"
import { ListFoot } from "../paging/list-foot.tsx"
import { type FetchPage, pagedList } from "../paging/paged-list.ts"
import { nameOf } from "../posts/post-card.tsx"
import { useTitle } from "../shell/title.ts"
import { report, toast } from "../shell/toasts.tsx"
import "./barred.css"
import { barredApi } from "./barred-api.ts"

const PAGE = { limit: 40 }

/** Whom the member blocks and mutes, each with a button that ends it. */
export function BarredPage() {
  useTitle("Blocked and muted")
  return (
    <section class="plate narrow">
      <h1>Blocked and muted</h1>
      <People<Account>
        id="blocked"
        title="Blocked"
        none="You block nobody."
        verb="Unblock"
        fetchPage={(href, signal) => barredApi.listBlocks({ signal, ...(href ? { href } : { query: PAGE }) })}
        onEnd={(id) => barredApi.unblock({ params: { id } })}
      />
      <People<MutedAccount>
        id="muted"
        title="Muted"
        none="You mute nobody."
        verb="Unmute"
        fetchPage={(href, signal) => barredApi.listMutes({ signal, ...(href ? { href } : { query: PAGE }) })}
        onEnd={(id) => barredApi.unmute({ params: { id } })}
        note={({ mute_expires_at: end }) =>
          end && <span class="note">Until {new Date(end).toLocaleString()}</span>
        }
      />
    </section>
  )
}

interface PeopleProps<T extends Account> {
  id: string
  title: string
  none: string
  verb: string
  fetchPage: FetchPage<T>
  onEnd: (id: string) => Promise<unknown>
  note?: (account: T) => ComponentChildren
}

function People<T extends Account>({ id, title, none, verb, fetchPage, onEnd, note }: PeopleProps<T>) {
  const list = useMemo(() => pagedList<T>(fetchPage), [])
  useEffect(() => {
    void list.refresh()
    return () => list.close()
  }, [list])
  const end = (account: T) => {
    onEnd(account.id)
      .then(() => {
        list.remove(account.id)
        closeHomeFeed()
        toast(`@${account.username} is ${title.toLowerCase()} no longer.`)
      })
      .catch(report)
  }
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {list.items.value?.length === 0 && <p class="aside">{none}</p>}
      <ul>
        {list.items.value?.map((account) => (
          <li key={account.id} class="barred-person">
            <Person account={account}>{note?.(account)}</Person>
            <button
              type="button"
              class="button small"
              aria-label={`${verb} @${account.username}`}
              onClick={() => end(account)}
            >
              {verb}
            </button>
          </li>
        ))}
      </ul>
      <ListFoot list={list} what="people" />
    </section>
  )
}

function Person({ account, children }: { account: Account; children: ComponentChildren }) {
  return (
    <a class="person" href={`/@${account.username}`}>
      <img class="avatar" src={account.avatar_static} alt="" width="40" height="40" loading="lazy" />
      <span class="person-names">
        <bdi class="person-name">{nameOf(account)}</bdi>
        <span class="person-handle">@{account.username}</span>
        {children}
      </span>
    </a>
  )
}
