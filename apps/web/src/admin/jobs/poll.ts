import { type Signal, useSignal } from "@preact/signals"
import { useCallback, useEffect, useRef } from "preact/hooks"
import { tell } from "../../api.ts"

export interface Polled<T> {
  data: Signal<T | undefined>
  fault: Signal<string | undefined>
  /** Asks now. */
  refresh(): Promise<void>
}

const LIVE_MS = 2_000

/**
 * Asks for something every two seconds for as long as its page is there and can be seen. What was there last stays while
 * an answer fails.
 *
 * @param of what the question depends on: another one begins anew
 */
export function usePoll<T>(ask: (signal: AbortSignal) => Promise<T>, of: string, ms = LIVE_MS): Polled<T> {
  const data = useSignal<T | undefined>(undefined)
  const fault = useSignal<string | undefined>(undefined)
  const asked = useRef(ask)
  asked.current = ask
  const life = useRef(new AbortController())
  const turn = useRef(0)
  const refresh = useCallback(async () => {
    const { signal } = life.current
    turn.current += 1
    const mine = turn.current
    // An answer counts unless something was asked after it.
    const isStale = () => signal.aborted || mine !== turn.current
    try {
      const found = await asked.current(signal)
      if (isStale()) return
      data.value = found
      fault.value = undefined
    } catch (error) {
      if (!isStale()) fault.value = tell(error)
    }
  }, [data, fault])
  useEffect(() => {
    life.current = new AbortController()
    const { signal } = life.current
    let timer: ReturnType<typeof setTimeout> | undefined
    const go = async () => {
      if (!document.hidden) await refresh()
      if (!signal.aborted) timer = setTimeout(() => void go(), ms)
    }
    data.value = undefined
    void go()
    return () => {
      clearTimeout(timer)
      life.current.abort()
    }
  }, [of, ms, data, refresh])
  return { data, fault, refresh }
}
