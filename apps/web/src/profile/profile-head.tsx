import type { Account, Relationship } from "@tintype/contract"
import { BarButton } from "../barred/bar-button.tsx"
import { ListsButton } from "../lists/lists-button.tsx"
import { Caption } from "../posts/caption.tsx"
import { nameOf } from "../posts/post-card.tsx"
import { member } from "../session/session.ts"
import { Icon } from "../shell/icons.tsx"
import { FollowButton } from "./follow-button.tsx"

interface ProfileHeadProps {
  account: Account
  /** undefined until it is known. */
  relationship: Relationship | undefined
  /** Called after following, muting, blocking, which change the counts as well. */
  onChange: (changed: Relationship) => void
}

export function ProfileHead({ account, relationship, onChange }: ProfileHeadProps) {
  const own = member.value?.id === account.id
  return (
    <header class="profile-head">
      <img class="avatar huge" src={account.avatar} alt="" width="112" height="112" />
      <div class="profile-words">
        <div class="profile-name">
          <h1>
            <bdi>{nameOf(account)}</bdi>
          </h1>
          <p class="person-handle">
            @{account.username}
            {relationship?.followed_by && <span class="badge">Follows you</span>}
            {relationship?.muting && <span class="badge">Muted</span>}
            {relationship?.blocking && <span class="badge">Blocked</span>}
          </p>
        </div>
        <Caption html={account.note} />
        <Counts account={account} />
      </div>
      <div class="profile-action">
        {own ? (
          <OwnLinks />
        ) : (
          <div class="stack profile-buttons">
            {!relationship?.blocking && !relationship?.blocked_by && (
              <FollowButton account={account} relationship={relationship} onChange={onChange} />
            )}
            {relationship?.following && <ListsButton account={account} />}
            {relationship && <BarButton account={account} relationship={relationship} onChange={onChange} />}
          </div>
        )}
      </div>
    </header>
  )
}

function OwnLinks() {
  return (
    <ul class="own-links">
      <li>
        <a class="button" href="/settings">
          Edit profile
        </a>
      </li>
      <li>
        <a class="button" href="/lists">
          <Icon name="stack" />
          Lists
        </a>
      </li>
      <li>
        <a class="button" href="/likes">
          <Icon name="heart" />
          Likes
        </a>
      </li>
      <li>
        <a class="button" href="/bookmarks">
          <Icon name="bookmark" />
          Bookmarks
        </a>
      </li>
    </ul>
  )
}

function Counts({ account }: { account: Account }) {
  const counts = [
    [account.statuses_count, account.statuses_count === 1 ? "post" : "posts"],
    [account.followers_count, account.followers_count === 1 ? "follower" : "followers"],
    [account.following_count, "following"],
  ] as const
  return (
    <ul class="counts">
      {counts.map(([count, word]) => (
        <li key={word}>
          <strong>{count.toLocaleString("en")}</strong> {word}
        </li>
      ))}
    </ul>
  )
}
