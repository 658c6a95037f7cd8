import { computed, type ReadonlySignal, signal } from "@preact/signals"
import type { Status } from "@tintype/contract"
import type { PagedList } from "../paging/paged-list.ts"

/** Waits before another try, in ms, each one longer than the last and none quite alike. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

interface Told {
  event: string
  payload: string
}

export interface LiveFeed {
  /** Posts that are there and not shown yet. */
  waiting: ReadonlySignal<number>
  /** Shows them. */
  show(): Promise<void>
  close(): void
}

function readTold(data: unknown): Told | null {
  try {
    const value: unknown = JSON.parse(String(data))
    const isTold = typeof value === "object" && value !== null && "event" in value && "payload" in value
    return isTold ? { event: String(value.event), payload: String(value.payload) } : null
  } catch {
    return null
  }
}

/**
 * Keeps a feed up with the server's stream for as long as it is looked at. A stream that ends is opened again, and
 * what was missed meanwhile is fetched.
 */
export function followLive(list: PagedList<Status>): LiveFeed {
  const fresh = signal<ReadonlySet<string>>(new Set())
  const waiting = computed(() => fresh.value.size)
  let socket: WebSocket | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT_MS
  let hasEnded = false

  const without = (id: string) => new Set([...fresh.value].filter((other) => other !== id))
  const take = ({ event, payload }: Told) => {
    const isShown = (id: string) => list.items.value?.some((post) => post.id === id)
    if (event === "delete") {
      list.remove(payload)
      fresh.value = without(payload)
      return
    }
    // The server writes posts by the contract's schema.
    const post = JSON.parse(payload) as Status
    if (event === "status.update") list.replace(post)
    else if (event === "update" && !isShown(post.id)) fresh.value = new Set([...fresh.value, post.id])
  }
  const show = async () => {
    fresh.value = new Set()
    await list.refresh()
  }
  const open = () => {
    if (document.visibilityState !== "visible" || socket) return
    const { host, protocol } = location
    const opened = new WebSocket(`${protocol.replace("http", "ws")}//${host}/api/v1/streaming?stream=user`)
    socket = opened
    opened.onopen = () => {
      wait = FIRST_WAIT_MS
      if (hasEnded) void show()
      hasEnded = false
    }
    opened.onmessage = ({ data }) => {
      const told = readTold(data)
      if (told) take(told)
    }
    opened.onclose = () => {
      if (socket !== opened) return
      socket = undefined
      hasEnded = true
      again = setTimeout(open, wait * (0.5 + Math.random()))
      wait = Math.min(2 * wait, LONGEST_WAIT_MS)
    }
  }
  const drop = () => {
    clearTimeout(again)
    const old = socket
    socket = undefined
    old?.close()
  }
  // Nobody looks at a hidden page, and one that is come back to is fetched anew.
  const turn = () => (document.visibilityState === "visible" ? open() : drop())
  document.addEventListener("visibilitychange", turn)
  open()
  return {
    waiting,
    show,
    close() {
      document.removeEventListener("visibilitychange", turn)
      drop()
    },
  }
}
