import { useLocation } from "preact-iso"
import { useTitle } from "../../shell/title.ts"
import "../jobs/jobs-window.css"
import { CachePage } from "./cache-page.tsx"
import { GatewayPage } from "./gateway-page.tsx"
import { TimelinesPage } from "./timelines-page.tsx"

const PAGES = [
  ["/admin/jobs", "Jobs"],
  ["/admin/gateway", "Gateway"],
  ["/admin/cache", "Cache"],
  ["/admin/timelines", "Timelines"],
] as const

/** How the instance runs at the moment. */
export function StatusWindow() {
  const { path } = useLocation()
  const [, title = "Gateway"] = PAGES.find(([href]) => href === path) ?? []
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
      {title === "Gateway" && <GatewayPage />}
      {title === "Cache" && <CachePage />}
      {title === "Timelines" && <TimelinesPage />}
    </section>
  )
}
