/** Waits before another try, in ms, each one longer than the last and none quite alike. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

export interface Told {
  event: string
  payload: string
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
 * Listens to one of the member's streams for as long as the page is looked at. One that ends is opened again.
 *
 * @param comeBack called when it is open again: something may have been missed
 * @returns ends it
 */
export function listen(stream: string, take: (told: Told) => void, comeBack: () => void): () => void {
  let socket: WebSocket | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT_MS
  let hasEnded = false

  const open = () => {
    if (document.visibilityState !== "visible" || socket) return
    const { host, protocol } = location
    const address = `${protocol.replace("http", "ws")}//${host}/api/v1/streaming?stream=${stream}`
    const opened = new WebSocket(address)
    socket = opened
    opened.onopen = () => {
      wait = FIRST_WAIT_MS
      if (hasEnded) comeBack()
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
  return () => {
    document.removeEventListener("visibilitychange", turn)
    drop()
  }
}
