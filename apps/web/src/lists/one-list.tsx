import { type Signal, useSignal } from "@preact/signals"
import type { List } from "@tintype/contract"
import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"
import { ApiError, tell } from "../api.ts"
import { NotFound } from "../shell/not-found.tsx"
import { Fault, Waiting } from "../shell/states.tsx"
import { listsApi } from "./lists-api.ts"

type Found = List | "missing" | { fault: string } | undefined

async function fetchList(id: string, found: Signal<Found>): Promise<void> {
  try {
    found.value = (await listsApi.getList({ params: { id } })).body
  } catch (error) {
    const isMissing = error instanceof ApiError && error.status === 404
    found.value = isMissing ? "missing" : { fault: tell(error) }
  }
}

interface OneListProps {
  id: string
  /** @param change is told of the list as it is after a change */
  children: (list: List, change: (list: List) => void) => ComponentChildren
}

/** Fetches one of the member's lists and shows something of it; also that it is not there. */
export function OneList({ id, children }: OneListProps) {
  const found = useSignal<Found>(undefined)
  const load = () => void fetchList(id, found)
  useEffect(load, [id])
  const list = found.value
  if (list === undefined) return <Waiting what="the list" />
  if (list === "missing") return <NotFound />
  if ("fault" in list) return <Fault text={list.fault} onRetry={load} />
  const change = (changed: List) => {
    found.value = changed
  }
  return <>{children(list, change)}</>
}
