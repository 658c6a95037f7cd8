import { useSignal } from "@preact/signals"
import type { Relationship } from "@tintype/contract"
import { useEffect } from "preact/hooks"
import { api } from "../api.ts"
import { member } from "../session/session.ts"
import { report } from "../shell/toasts.tsx"

/** As many as one call may ask for. */
const MOST_PER_CALL = 80

/** How the signed-in member stands to accounts; nothing is known of any while signed out. */
export function useRelationships(ids: readonly string[]) {
  const known = useSignal<ReadonlyMap<string, Relationship>>(new Map())
  const me = member.value?.id
  const wanted = ids.join(",")
  useEffect(() => {
    const missing = wanted.split(",").filter((id) => id && id !== me && !known.peek().has(id))
    if (!me || missing.length === 0) return
    const add = (found: readonly Relationship[]) => {
      known.value = new Map([...known.peek(), ...found.map((one) => [one.id, one] as const)])
    }
    for (let at = 0; at < missing.length; at += MOST_PER_CALL) {
      api
        .relationships({ query: { id: missing.slice(at, at + MOST_PER_CALL) } })
        .then(({ body }) => add(body))
        .catch(report)
    }
  }, [me, wanted, known])
  return {
    of: (id: string) => known.value.get(id),
    replace: (changed: Relationship) => {
      known.value = new Map(known.peek()).set(changed.id, changed)
    },
  }
}
