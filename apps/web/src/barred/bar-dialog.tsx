import { useSignal } from "@preact/signals"
import type { Relationship } from "@tintype/contract"
import { useEffect, useId, useRef } from "preact/hooks"
import { closeHomeFeed } from "../feed/home-feed.ts"
import { report, toast } from "../shell/toasts.tsx"
import type { BarProps } from "./bar-button.tsx"
import { barredApi } from "./barred-api.ts"
import "./barred.css"

const DAY_SECONDS = 24 * 3600
const DURATIONS = [
  [0, "Until I unmute them"],
  [DAY_SECONDS, "For a day"],
  [7 * DAY_SECONDS, "For a week"],
  [30 * DAY_SECONDS, "For thirty days"],
] as const

/** Mutes or blocks somebody, or ends that, after saying what it means. */
export function BarDialog({ account, relationship, onChange, onClose }: BarProps & { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const busy = useSignal(false)
  const title = useId()
  const { blocking, muting } = relationship
  useEffect(() => dialog.current?.showModal(), [])
  const change = async (call: Promise<{ body: Relationship }>, done: string) => {
    busy.value = true
    try {
      onChange((await call).body)
      closeHomeFeed()
      toast(done)
      dialog.current?.close()
    } catch (error) {
      report(error)
    } finally {
      busy.value = false
    }
  }
  const params = { id: account.id }
  const name = `@${account.username}`
  const parts = { name, busy: busy.value }
  return (
    <dialog ref={dialog} class="dialog bar-dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>
        Mute or block <bdi>{name}</bdi>?
      </h2>
      <MutePart
        {...parts}
        muting={muting}
        onMute={(duration) =>
          void change(barredApi.mute({ params, body: { duration } }), `${name} is muted.`)
        }
        onUnmute={() => void change(barredApi.unmute({ params }), `${name} is muted no longer.`)}
      />
      <BlockPart
        {...parts}
        blocking={blocking}
        onBlock={() => void change(barredApi.block({ params }), `${name} is blocked.`)}
        onUnblock={() => void change(barredApi.unblock({ params }), `${name} is blocked no longer.`)}
      />
      <div class="row end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </div>
    </dialog>
  )
}

interface PartProps {
  name: string
  busy: boolean
}

interface MuteProps extends PartProps {
  muting: boolean
  /** Seconds; 0 for ever. */
  onMute: (duration: number) => void
  onUnmute: () => void
}

function MutePart({ name, busy, muting, onMute, onUnmute }: MuteProps) {
  const duration = useSignal(0)
  return (
    <section class="stack">
      <p class="dialog-text">
        Muted, {name} is on none of your timelines. They are not told, and you still find their photographs on
        their profile.
      </p>
      {muting ? (
        <button type="button" class="button" disabled={busy} onClick={onUnmute}>
          Unmute
        </button>
      ) : (
        <div class="row bar-mute">
          <select
            aria-label="How long"
            onChange={(event) => {
              duration.value = Number(event.currentTarget.value)
            }}
          >
            {DURATIONS.map(([seconds, words]) => (
              <option key={seconds} value={seconds}>
                {words}
              </option>
            ))}
          </select>
          <button type="button" class="button" disabled={busy} onClick={() => onMute(duration.value)}>
            Mute
          </button>
        </div>
      )}
    </section>
  )
}

interface BlockProps extends PartProps {
  blocking: boolean
  onBlock: () => void
  onUnblock: () => void
}

function BlockPart({ name, busy, blocking, onBlock, onUnblock }: BlockProps) {
  return (
    <section class="stack">
      <p class="dialog-text">
        Blocked, neither of you sees the other's photographs while signed in, and neither follows the other.{" "}
        {name} can find out.
      </p>
      {blocking ? (
        <button type="button" class="button" disabled={busy} onClick={onUnblock}>
          Unblock
        </button>
      ) : (
        <button type="button" class="button danger" disabled={busy} onClick={onBlock}>
          Block
        </button>
      )}
    </section>
  )
}
