import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { useLocation } from "preact-iso"
import { member, recognise, recogniseError } from "../session/session.ts"
import { Navigation } from "./navigation.tsx"
import { Fault } from "./states.tsx"
import { Toasts } from "./toasts.tsx"

/** What surrounds every page: skip link, navigation, the main region, messages. */
export function Shell({ children }: { children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null)
  const { path } = useLocation()
  useFocusOnNavigation(main, path)
  return (
    <div class={member.value ? "shell" : "shell visitor"}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Navigation path={path} />
      <main id="main" ref={main} tabIndex={-1}>
        {recogniseError.value && <Fault text={recogniseError.value} onRetry={() => void recognise()} />}
        {children}
      </main>
      <Toasts />
    </div>
  )
}

/** Moves the focus to the new page, as a browser does when it loads one; not on the first. */
function useFocusOnNavigation(main: { current: HTMLElement | null }, path: string): void {
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    main.current?.focus({ preventScroll: true })
  }, [path, main])
}
