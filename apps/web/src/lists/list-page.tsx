import type { List, Status } from "@tintype/contract"
import { useEffect, useMemo } from "preact/hooks"
import { Feed } from "../feed/feed.tsx"
import { NewPosts } from "../feed/new-posts.tsx"
import { pagedList } from "../paging/paged-list.ts"
import { Icon } from "../shell/icons.tsx"
import { Empty } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import "./lists.css"
import { listsApi } from "./lists-api.ts"
import { OneList } from "./one-list.tsx"

/** What the people on one of the member's lists share, newest first, and live. */
export function ListPage({ id }: { id: string }) {
  return <OneList id={id}>{(list) => <ListFeed key={list.id} list={list} />}</OneList>
}

function ListFeed({ list: { id, title, exclusive } }: { list: List }) {
  useTitle(title)
  const posts = useMemo(
    () =>
      pagedList<Status>((href, signal) =>
        listsApi.listTimeline({ signal, ...(href ? { href } : { params: { id }, query: { limit: 20 } }) }),
      ),
    [id],
  )
  useEffect(() => {
    void posts.refresh()
    return () => posts.close()
  }, [posts])
  const heading = (
    <>
      <div class="list-head">
        <h1>
          <bdi>{title}</bdi>
          {exclusive && <span class="badge">Only here</span>}
        </h1>
        <a class="button small" href={`/lists/${id}/edit`}>
          <Icon name="settings" />
          People and title
        </a>
      </div>
      <NewPosts list={posts} stream={`list&list=${id}`} />
    </>
  )
  const empty = (
    <Empty title="Nothing on this list yet">
      <p>Photographs of the people on it hang here. Add people whom you follow from their profiles.</p>
    </Empty>
  )
  return <Feed list={posts} heading={heading} empty={empty} />
}
