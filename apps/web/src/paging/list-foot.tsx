import { useEffect, useRef } from "preact/hooks"
import { Fault, Waiting } from "../shell/states.tsx"
import type { PagedList } from "./paged-list.ts"

/** How far below the screen the next page is asked for. */
const AHEAD = "1200px"

interface ListFootProps<T> {
  list: PagedList<T>
  what: string
}

/** The end of a growing list: fetches the next page when it comes near, says so, and says what failed. */
export function ListFoot<T>({ list, what }: ListFootProps<T>) {
  const foot = useRef<HTMLDivElement>(null)
  const count = list.items.value?.length ?? 0
  const waits = count > 0 && !list.ended.value && !list.error.value
  useEffect(() => {
    if (!waits || !foot.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void list.more()
      },
      { rootMargin: AHEAD },
    )
    observer.observe(foot.current)
    return () => observer.disconnect()
  }, [list, waits, count])
  const retry = () => void (count > 0 ? list.more() : list.refresh())
  return (
    <div class="list-foot" ref={foot}>
      {list.error.value && <Fault text={list.error.value} onRetry={retry} />}
      {list.loading.value && (count === 0 || waits) && <Waiting what={what} />}
      {list.ended.value && count > 0 && <p class="list-end">That is all.</p>}
    </div>
  )
}
