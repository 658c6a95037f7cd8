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
import { useRelationships } from "./relationships.ts"

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
  return <Profile account={account} onChange={load} />
}

function Profile({ account, onChange }: { account: Account; onChange: () => void }) {
  const own = member.value?.id === account.id
  const relationships = useRelationships(own ? [] : [account.id])
  const relationship = relationships.of(account.id)
  const barred = relationship?.blocking ? "blocking" : relationship?.blocked_by ? "blocked" : undefined
  return (
    <div class="profile">
      <ProfileHead
        account={account}
        relationship={relationship}
        onChange={(changed) => {
          relationships.replace(changed)
          onChange()
        }}
      />
      {/* What is shown depends on who looks, and whom they block, so that the grid begins anew when that changes. */}
      {member.value !== undefined && (
        <PhotoGrid key={`${member.value?.id} ${barred}`} account={account} barred={barred} />
      )}
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
