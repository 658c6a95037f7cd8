import type { Account } from "@tintype/contract"
import { useEffect, useMemo } from "preact/hooks"
import { api } from "../api.ts"
import { ListFoot } from "../paging/list-foot.tsx"
import { pagedList } from "../paging/paged-list.ts"
import { Caption } from "../posts/caption.tsx"
import { nameOf } from "../posts/post-card.tsx"
import { FollowButton } from "../profile/follow-button.tsx"
import { useRelationships } from "../profile/relationships.ts"
import { member } from "../session/session.ts"
import { Empty } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { directoryPages } from "./directory-pages.ts"

/** Members who wish to be found. */
export function PeoplePage() {
  useTitle("People")
  const list = useMemo(
    () => pagedList<Account>(directoryPages((query, signal) => api.directory({ query, signal }))),
    [],
  )
  useEffect(() => {
    void list.refresh()
    return () => list.close()
  }, [list])
  const people = list.items.value
  const relationships = useRelationships(people?.map((account) => account.id) ?? [])
  return (
    <section class="people">
      <h1>People</h1>
      {people?.length === 0 && (
        <Empty title="Nobody to be found yet">
          <p>Members show up here once they have joined and let themselves be found.</p>
        </Empty>
      )}
      <ul class="person-cards">
        {people?.map((account) => (
          <li key={account.id} class="person-card">
            <Person account={account} />
            {member.value && member.value.id !== account.id && (
              <FollowButton
                account={account}
                relationship={relationships.of(account.id)}
                onChange={relationships.replace}
              />
            )}
          </li>
        ))}
      </ul>
      <ListFoot list={list} what="people" />
    </section>
  )
}

function Person({ account }: { account: Account }) {
  return (
    <div class="person-card-body">
      <a class="person" href={`/@${account.username}`}>
        <img class="avatar" src={account.avatar_static} alt="" width="48" height="48" loading="lazy" />
        <span class="person-names">
          <bdi class="person-name">{nameOf(account)}</bdi>
          <span class="person-handle">@{account.username}</span>
        </span>
      </a>
      <Caption html={account.note} />
    </div>
  )
}
