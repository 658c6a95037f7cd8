import type { CredentialAccount } from "@tintype/contract"
import { useLocation } from "preact-iso"
import { isAdmin, member, signOut } from "../session/session.ts"
import { Icon, type IconName } from "./icons.tsx"
import { report } from "./toasts.tsx"

interface ItemProps {
  href: string
  label: string
  icon: IconName
  path: string
}

export function Navigation({ path }: { path: string }) {
  const account = member.value
  return (
    <header class="bar">
      <a class="wordmark" href="/" aria-label="Tintype, home">
        <span class="mark" aria-hidden="true" />
        <span>Tintype</span>
      </a>
      <nav aria-label="Main">
        {account ? <MemberLinks account={account} path={path} /> : account === null && <VisitorLinks />}
      </nav>
      {account && <SignOutButton />}
    </header>
  )
}

function MemberLinks({ account, path }: { account: CredentialAccount; path: string }) {
  const own = `/@${account.username}`
  return (
    <ul class="tabs">
      <Item href="/" label="Home" icon="home" path={path} />
      <Item href="/explore" label="Explore" icon="explore" path={path} />
      <Item href="/people" label="People" icon="people" path={path} />
      <Item href="/new" label="New post" icon="plus" path={path} />
      <li>
        <a class="tab" href={own} aria-current={path === own ? "page" : undefined}>
          <img class="avatar tiny" src={account.avatar_static} alt="" width="24" height="24" />
          <span>Profile</span>
        </a>
      </li>
      <Item href="/settings" label="Settings" icon="settings" path={path} />
      {isAdmin.value && <Item href="/admin/jobs" label="Jobs" icon="stack" path={path} />}
    </ul>
  )
}

function Item({ href, label, icon, path }: ItemProps) {
  return (
    <li>
      <a
        class={icon === "plus" ? "tab tab-new" : "tab"}
        href={href}
        aria-current={path === href ? "page" : undefined}
      >
        <Icon name={icon} />
        <span>{label}</span>
      </a>
    </li>
  )
}

function VisitorLinks() {
  return (
    <ul class="visitor-links">
      <li>
        <a href="/explore">Explore</a>
      </li>
      <li>
        <a href="/people">People</a>
      </li>
      <li>
        <a href="/sign-in">Sign in</a>
      </li>
      <li>
        <a class="button small primary" href="/sign-up">
          Sign up
        </a>
      </li>
    </ul>
  )
}

function SignOutButton() {
  const { route } = useLocation()
  const leave = () =>
    signOut()
      .then(() => route("/"))
      .catch(report)
  return (
    <button type="button" class="bare sign-out" onClick={() => void leave()}>
      Sign out
    </button>
  )
}
