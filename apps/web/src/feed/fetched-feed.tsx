import type { Status } from "@tintype/contract"
import type { ComponentChildren } from "preact"
import { useEffect, useMemo } from "preact/hooks"
import { type FetchPage, pagedList } from "../paging/paged-list.ts"
import { member, recogniseError } from "../session/session.ts"
import { Waiting } from "../shell/states.tsx"
import { Feed } from "./feed.tsx"

interface FetchedFeedProps {
  /** The same function for as long as it is the same list. */
  fetchPage: FetchPage<Status>
  title: string
  empty: ComponentChildren
}

/** A feed that lives as long as its page. What it shows depends on who looks: it begins anew when that changes. */
export function FetchedFeed(props: FetchedFeedProps) {
  if (member.value === undefined) return recogniseError.value ? null : <Waiting what="photographs" />
  return <OpenFeed key={member.value?.id} {...props} />
}

function OpenFeed({ fetchPage, title, empty }: FetchedFeedProps) {
  const list = useMemo(() => pagedList<Status>(fetchPage), [fetchPage])
  useEffect(() => {
    void list.refresh()
    return () => list.close()
  }, [list])
  const heading = (
    <h1 class="feed-title">
      <bdi>{title}</bdi>
    </h1>
  )
  return <Feed list={list} heading={heading} empty={empty} />
}
