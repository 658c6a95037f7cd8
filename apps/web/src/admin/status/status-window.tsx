import { useLocation } from "preact-iso"
import { useTitle } from "../../shell/title.ts"
import "../jobs/jobs-window.css"
import { GatewayPage } from "./gateway-page.tsx"

const PAGES = [
  ["/admin/jobs", "Jobs"],
  ["/admin/gateway", "Gateway"],
] as const

/** How the instance runs at the moment. */
export function StatusWindow() {
  const { path } = useLocation()
  useTitle("Gateway")
  return (
    <section class="jobs-window">
      <h1>Gateway</h1>
      <nav aria-label="Instance">
        <ul>
          {PAGES.map(([href, label]) => (
            <li key={href}>
              <a href={href} aria-current={path === href ? "page" : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <GatewayPage />
    </section>
  )
}
