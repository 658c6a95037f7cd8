import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"
import { useLocation } from "preact-iso"
import { Waiting } from "../shell/states.tsx"
import { member, recogniseError } from "./session.ts"

/** Shows its children to members only; others are led to sign in. */
export function RequireMember({ children }: { children: ComponentChildren }) {
  const { route } = useLocation()
  const known = member.value
  useEffect(() => {
    if (known === null) route("/sign-in", true)
  }, [known, route])
  if (known) return <>{children}</>
  return recogniseError.value ? null : <Waiting what="your account" />
}

/** Leads members away from the pages that are for visitors; also what follows signing in. */
export function useHomeWhenSignedIn(): void {
  const { route } = useLocation()
  const signedIn = Boolean(member.value)
  useEffect(() => {
    if (signedIn) route("/", true)
  }, [signedIn, route])
}
