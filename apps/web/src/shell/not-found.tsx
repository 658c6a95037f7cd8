import { Empty } from "./states.tsx"
import { useTitle } from "./title.ts"

export function NotFound() {
  useTitle("Not found")
  return (
    <Empty title="Nothing on this plate">
      <p>This page does not exist, or is not shown to you.</p>
      <p>
        <a class="button" href="/">
          Go home
        </a>
      </p>
    </Empty>
  )
}
