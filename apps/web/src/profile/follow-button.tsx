import { useSignal } from "@preact/signals"
import type { Account, Relationship } from "@tintype/contract"
import { api } from "../api.ts"
import { homeFeed } from "../feed/home-feed.ts"
import { member } from "../session/session.ts"
import { report } from "../shell/toasts.tsx"

interface FollowButtonProps {
  account: Account
  /** undefined until it is known. */
  relationship: Relationship | undefined
  onChange: (changed: Relationship) => void
}

/** Follows or unfollows an account; a visitor is led to sign in. */
export function FollowButton({ account, relationship, onChange }: FollowButtonProps) {
  const busy = useSignal(false)
  if (member.value === null) {
    return (
      <a class="button primary small" href="/sign-in">
        Sign in to follow
      </a>
    )
  }
  if (!relationship) return null
  const { following, requested } = relationship
  const toggle = async () => {
    busy.value = true
    try {
      const call = { params: { id: account.id } }
      const answer =
        following || requested ? await api.unfollow(call) : await api.follow({ ...call, body: {} })
      onChange(answer.body)
      void homeFeed.value.refresh()
    } catch (error) {
      report(error)
    } finally {
      busy.value = false
    }
  }
  return (
    <button
      type="button"
      class={following || requested ? "button small" : "button primary small"}
      disabled={busy.value}
      title={`@${account.username}`}
      onClick={() => void toggle()}
    >
      {following ? "Unfollow" : requested ? "Cancel request" : "Follow"}
    </button>
  )
}
