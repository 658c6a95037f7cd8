import { useLocation } from "preact-iso"
import { useTitle } from "../../shell/title.ts"
import "../jobs/jobs-window.css"
import { CachePage } from "./cache-page.tsx"
import { GatewayPage } from "./gateway-page.tsx"

const PAGES = [
  ["/admin/jobs", "Jobs"],
  ["/admin/gateway", "Gateway"],
  ["/admin/cache", "Cache"],
] as const

/** How the instance runs at the moment. */
export function StatusWindow() {
  const { path } = useLocation()
  const title = path === "/admin/cache" ? "Cache" : "Gateway"
  useTitle(title)
  return (
    <section class="jobs-window">
      <h1>{title}</h1>
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
      {title === "Cache" ? <CachePage /> : <GatewayPage />}
    </section>
  )
}
