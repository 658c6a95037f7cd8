import { useSignal } from "@preact/signals"
import type { AccountExport } from "@tintype/contract"
import { useEffect } from "preact/hooks"
import { api } from "../api.ts"
import { report } from "../shell/toasts.tsx"

const LOOK_MS = 1_500
const DAY_MS = 24 * 3600 * 1000

/** Where members have everything of theirs put into one file, and fetch it. */
export function Exports() {
  const exports = useSignal<AccountExport[] | undefined>(undefined)
  const [newest] = exports.value ?? []
  const isRunning = newest?.state === "running"
  useEffect(() => {
    const leave = new AbortController()
    const look = () =>
      api
        .listExports({ signal: leave.signal })
        .then(({ body }) => {
          exports.value = body
        })
        // The next look may succeed; nothing is lost meanwhile.
        .catch(() => undefined)
    void look()
    const timer = isRunning ? setInterval(() => void look(), LOOK_MS) : undefined
    return () => {
      leave.abort()
      clearInterval(timer)
    }
  }, [isRunning, exports])
  const start = () =>
    api
      .startExport()
      .then(({ body }) => {
        exports.value = [body, ...(exports.value ?? [])]
      })
      .catch(report)
  return (
    <section class="stack exports" aria-labelledby="exports">
      <h2 id="exports">Your data</h2>
      <p>
        One file with your profile, your posts, the originals of your photos, whom you follow, block and mute,
        and what you liked and bookmarked. It can be fetched for seven days.
      </p>
      {newest && <ExportState one={newest} />}
      {exports.value && mayStart(newest) && (
        <p>
          <button type="button" class="button" onClick={() => void start()}>
            Export everything
          </button>
        </p>
      )}
    </section>
  )
}

/** One at a time, and one a day unless it failed. */
const mayStart = (newest: AccountExport | undefined): boolean =>
  newest === undefined ||
  newest.state === "failed" ||
  (newest.state !== "running" && Date.now() - Date.parse(newest.created_at) > DAY_MS)

function ExportState({ one }: { one: AccountExport }) {
  if (one.state === "failed") return <p role="status">Your export failed. Please try again.</p>
  if (one.state === "expired") return <p class="note">Your last export has expired and was removed.</p>
  if (one.state === "running") {
    return (
      <p role="status">
        <label>
          Your export is being made: {one.progress} %
          <progress max="100" value={one.progress} />
        </label>
      </p>
    )
  }
  return (
    <p role="status">
      <a class="button" href={one.url ?? ""} download>
        Download your export
      </a>
      <span class="note">
        {sizeText(one.bytes ?? 0)}, {many(one.posts, "post")}, {many(one.photos, "photo")}; until{" "}
        {dayText(one.expires_at)}
      </span>
    </p>
  )
}

const many = (count: number | null, what: string) => `${count ?? 0} ${what}${count === 1 ? "" : "s"}`

const dayText = (moment: string | null) =>
  moment === null ? "" : new Date(moment).toLocaleDateString(undefined, { dateStyle: "long" })

/** In the unit that leaves few digits. */
function sizeText(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"]
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1000 ** power
  return `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${units[power - 1]}`
}
