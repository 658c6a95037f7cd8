import { type Signal, useSignal } from "@preact/signals"
import type { Account } from "@tintype/contract"
import { useEffect } from "preact/hooks"
import { ApiError, api, tell } from "../api.ts"
import { nameOf } from "../posts/post-card.tsx"
import { member } from "../session/session.ts"
import { NotFound } from "../shell/not-found.tsx"
import { Fault, Waiting } from "../shell/states.tsx"
import { useTitle } from "../shell/title.ts"
import { PhotoGrid } from "./photo-grid.tsx"
import { ProfileHead } from "./profile-head.tsx"

type Found = Account | "missing" | { fault: string } | undefined

/** Everything of one account: who it is, and its photographs. */
export function ProfilePage({ name }: { name: string }) {
  const found = useSignal<Found>(undefined)
  const load = () => void lookup(name, found)
  useEffect(load, [name])
  const account = found.value
  useTitle(typeof account === "object" && "id" in account ? nameOf(account) : undefined)
  if (account === undefined) return <Waiting what="the profile" />
  if (account === "missing") return <NotFound />
  if ("fault" in account) return <Fault text={account.fault} onRetry={load} />
  return (
    <div class="profile">
      <ProfileHead account={account} onChange={load} />
      {/* What is shown depends on who looks, so that the grid begins anew when that changes. */}
      {member.value !== undefined && <PhotoGrid key={member.value?.id} account={account} />}
    </div>
  )
}

async function lookup(name: string, found: Signal<Found>): Promise<void> {
  try {
    found.value = (await api.lookupAccount({ query: { acct: name } })).body
  } catch (error) {
    const missing = error instanceof ApiError && (error.status === 404 || error.status === 422)
    found.value = missing ? "missing" : { fault: tell(error) }
  }
}
