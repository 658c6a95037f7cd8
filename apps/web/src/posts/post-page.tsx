import { type Signal, useSignal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { useEffect, useMemo } from "preact/hooks"
import { useLocation } from "preact-iso"
import { ApiError, api, tell } from "../api.ts"
import { Comments } from "../comments/comments.tsx"
import { homeFeed } from "../feed/home-feed.ts"
import { NotFound } from "../shell/not-found.tsx"
import { Fault, Waiting } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { nameOf, PostCard } from "./post-card.tsx"
import type { Shelf } from "./shelf.ts"

type Found = Status | "missing" | { fault: string } | undefined

/** One post by itself. */
export function PostPage({ id }: { id: string }) {
  const known = homeFeed.value.items.value?.find((post) => post.id === id)
  const found = useSignal<Found>(known)
  const { route } = useLocation()
  const shelf = useMemo(() => shelfOf(found, () => route("/", true)), [found, route])
  const load = () => void find(id, found)
  useEffect(load, [id])
  const post = found.value
  useTitle(typeof post === "object" && "id" in post ? titleOf(post) : undefined)
  if (post === undefined) return <Waiting what="the post" />
  if (post === "missing") return <NotFound />
  if ("fault" in post) return <Fault text={post.fault} onRetry={load} />
  return (
    <section class="feed">
      <PostCard post={post} shelf={shelf} eager />
      <Comments post={post} shelf={shelf} />
    </section>
  )
}

const titleOf = ({ account, media_attachments: photos }: Status) =>
  `${photos.length > 0 ? "Photograph" : "Comment"} by ${nameOf(account)}`

function shelfOf(found: Signal<Found>, leave: () => void): Shelf {
  return {
    replace: (post) => {
      found.value = post
      homeFeed.value.replace(post)
    },
    remove: (id) => {
      homeFeed.value.remove(id)
      leave()
    },
  }
}

async function find(id: string, found: Signal<Found>): Promise<void> {
  try {
    found.value = (await api.getStatus({ params: { id } })).body
  } catch (error) {
    const missing = error instanceof ApiError && (error.status === 404 || error.status === 422)
    found.value = missing ? "missing" : { fault: tell(error) }
  }
}
