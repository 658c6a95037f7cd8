import type { Status } from "@tintype/contract"
import { afterEach, expect, test, vi } from "vitest"
import { toggleBookmark, toggleLike } from "./marks.ts"

afterEach(() => vi.unstubAllGlobals())

/** Of a post's many members those that matter here. */
const aPost = (members: Partial<Status>) =>
  ({ id: "7", favourited: false, bookmarked: false, favourites_count: 3, ...members }) as Status

/** A server that answers when it is told to, one call after the other. */
function slowServer() {
  const calls: { url: string; answer: (status: number, body: unknown) => void }[] = []
  vi.stubGlobal("fetch", (url: string) => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    calls.push({ url, answer: (status, body) => resolve(new Response(JSON.stringify(body), { status })) })
    return promise
  })
  return calls
}

/** What hangs on the wall. */
function aShelf(post: Status) {
  const shelf = {
    post,
    replace: (next: Status) => {
      shelf.post = next
    },
    remove: () => {},
  }
  return shelf
}

test("two changes of a post show at once, go one after the other, and the last answer stays", async () => {
  const calls = slowServer()
  const shelf = aShelf(aPost({}))
  const like = toggleLike(shelf.post, shelf)
  const bookmark = toggleBookmark(shelf.post, shelf)
  expect(shelf.post).toMatchObject({ favourited: true, favourites_count: 4, bookmarked: true })
  await vi.waitUntil(() => calls.length === 1)
  calls[0]?.answer(200, aPost({ favourited: true, favourites_count: 9 }))
  await like
  expect(shelf.post).toMatchObject({ favourited: true, favourites_count: 4, bookmarked: true })
  await vi.waitUntil(() => calls.length === 2)
  calls[1]?.answer(200, aPost({ favourited: true, favourites_count: 9, bookmarked: true }))
  await bookmark
  expect(shelf.post).toMatchObject({ favourited: true, favourites_count: 9, bookmarked: true })
  expect(calls.map(({ url }) => url)).toEqual(["/api/v1/statuses/7/favourite", "/api/v1/statuses/7/bookmark"])
})
