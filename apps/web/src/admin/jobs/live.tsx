import type { ComponentChildren } from "preact"
import { Fault, Waiting } from "../../shell/states.tsx"
import type { Polled } from "./poll.ts"

interface LiveProps<T> {
  of: Polled<T>
  what: string
  children: (data: T) => ComponentChildren
}

/** What is asked for again and again: what was there last, and beside it why there is nothing newer. */
export function Live<T>({ of, what, children }: LiveProps<T>) {
  const { data, fault, refresh } = of
  return (
    <>
      {fault.value && <Fault text={fault.value} onRetry={() => void refresh()} />}
      {data.value === undefined ? !fault.value && <Waiting what={what} /> : children(data.value)}
    </>
  )
}
