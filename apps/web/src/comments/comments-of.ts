import { signal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import { api, tell } from "../api.ts"

/** Comments that are shown at first, and more with each asking. */
export const AT_ONCE = 20

export type CommentsOf = ReturnType<typeof commentsOf>

/** Those that are left without one comment and what answers it, and what answers that. */
export function without(comments: readonly Status[], id: string): Status[] {
  const gone = new Set([id])
  // What is answered was there first.
  for (const { id: answer, in_reply_to_id: to } of comments) if (to && gone.has(to)) gone.add(answer)
  return comments.filter((each) => !gone.has(each.id))
}

/** What is said under a post, in threads, as far as the member may see it. */
export function commentsOf(id: string) {
  const all = signal<readonly Status[] | undefined>(undefined)
  const fault = signal<string | undefined>(undefined)
  const shown = signal(AT_ONCE)
  return {
    all,
    fault,
    shown,
    async load(): Promise<void> {
      fault.value = undefined
      try {
        const { body } = await api.statusContext({ params: { id } })
        all.value = inThreads(body.descendants)
      } catch (error) {
        fault.value = tell(error)
      }
    },
    more(): void {
      shown.value += AT_ONCE
    },
    /** Puts an own one at the end of its thread, or of all, and shows it. */
    add(comment: Status): void {
      const others = (all.value ?? []).filter((each) => each.id !== comment.id)
      all.value = inThreads([...others, comment])
      shown.value = Math.max(shown.value, all.value.findIndex(({ id }) => id === comment.id) + 1)
    },
    replace(comment: Status): void {
      all.value = all.value?.map((each) => (each.id === comment.id ? comment : each))
    },
    remove(comment: string): void {
      all.value = without(all.value ?? [], comment)
    },
  }
}

/** The order in which they were written: ids rise with time, and are too long for numbers. */
const inOrder = (comments: readonly Status[]): Status[] =>
  comments.toSorted((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1))

/** The older threads first; in each, after the comment that began it, all that came of it, in the order of time. */
export function inThreads(comments: readonly Status[]): Status[] {
  const threads = new Map<string, Status[]>()
  // What is answered was there first; when it is not to be seen, a thread begins with the answer.
  for (const comment of inOrder(comments)) {
    const thread = (comment.in_reply_to_id && threads.get(comment.in_reply_to_id)) || []
    thread.push(comment)
    threads.set(comment.id, thread)
  }
  return [...new Set(threads.values())].flat()
}
