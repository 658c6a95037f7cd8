import type { Status } from "@tintype/contract"
import { useEffect } from "preact/hooks"
import type { PagedList } from "../paging/paged-list.ts"
import { member, recogniseError } from "../session/session.ts"
import { Empty, Waiting } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { Feed } from "./feed.tsx"
import { homeFeed } from "./home-feed.ts"
import { Landing } from "./landing.tsx"
import { NewPosts } from "./new-posts.tsx"

export function HomePage() {
  useTitle(undefined)
  if (member.value === undefined) return recogniseError.value ? null : <Waiting what="Tintype" />
  return member.value ? <HomeFeed list={homeFeed.value} /> : <Landing />
}

function HomeFeed({ list }: { list: PagedList<Status> }) {
  useRefreshOnFocus(list)
  const heading = (
    <>
      <h1 class="visually-hidden">Home</h1>
      <NewPosts list={list} stream="user" />
    </>
  )
  return <Feed list={list} heading={heading} empty={<EmptyFeed />} />
}

function EmptyFeed() {
  return (
    <Empty title="Your wall is bare">
      <p>Photographs of the people whom you follow hang here, and your own.</p>
      <p class="row">
        <a class="button primary" href="/new">
          Share a photograph
        </a>
        <a class="button" href="/people">
          Find people
        </a>
        <a class="button" href="/explore">
          Explore
        </a>
      </p>
    </Empty>
  )
}

/** Fetches what is new when the page opens, and whenever its tab or window is come back to. */
function useRefreshOnFocus(list: PagedList<Status>): void {
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === "visible") void list.refresh()
    }
    refresh()
    addEventListener("focus", refresh)
    document.addEventListener("visibilitychange", refresh)
    return () => {
      removeEventListener("focus", refresh)
      document.removeEventListener("visibilitychange", refresh)
    }
  }, [list])
}
