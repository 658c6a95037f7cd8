import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"
import { useLocation } from "preact-iso"
import { NotFound } from "../shell/not-found.tsx"
import { Waiting } from "../shell/states.tsx"
import { isAdmin, member, recogniseError } from "./session.ts"

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

/** Shows its children to admins only; to other members there is nothing. */
export function RequireAdmin({ children }: { children: ComponentChildren }) {
  return <RequireMember>{isAdmin.value ? children : <NotFound />}</RequireMember>
}

/** Leads members away from the pages that are for visitors; also what follows signing in. */
export function useHomeWhenSignedIn(): void {
  const { route } = useLocation()
  const signedIn = Boolean(member.value)
  useEffect(() => {
    if (signedIn) route("/", true)
  }, [signedIn, route])
}
