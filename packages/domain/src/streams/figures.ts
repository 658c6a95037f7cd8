import { parseId, timeOf } from "@tintype/db"
import { type Metrics, Timings } from "@tintype/observe"
import type { Closing } from "./members.ts"
import type { StreamHub } from "./stream-hub.ts"
import type { StreamMessage } from "./stream-message.ts"

/** What the open streams of a process were told, and how late. */
export class StreamFigures {
  readonly told = new Map<StreamMessage["kind"], number>()
  readonly closed = new Map<Closing, number>()
  readonly publishing = new Timings()

  /** Once all whom it concerns have been told; `now`: milliseconds since 1970. */
  noteTold(message: StreamMessage, now: number): void {
    this.told.set(message.kind, (this.told.get(message.kind) ?? 0) + 1)
    const id = message.kind === "published" && parseId<"post">(message.id)
    // An id tells when it was made, by the database's clock, which may run before this one.
    if (id) this.publishing.note(Math.max(0, now - timeOf(id).getTime()) / 1000)
  }

  noteClosed(why: Closing): void {
    this.closed.set(why, (this.closed.get(why) ?? 0) + 1)
  }
}

/** Tells how many streams are open, and what became of them. */
export function registerStreams(metrics: Metrics, hub: StreamHub): void {
  const { told, closed, publishing } = hub.figures
  metrics.gauge("tintype_api_streams", "Streams that are open.", () => hub.count)
  metrics.counter("tintype_api_stream_messages_total", "What the open streams were told of, by kind.", () =>
    [...told].map(([kind, count]) => [{ kind }, count] as const),
  )
  metrics.counter(
    "tintype_api_streams_closed_total",
    "Streams closed from here: the session ended, something was missed (gap), the process goes (drain).",
    () => [...closed].map(([why, count]) => [{ why }, count] as const),
  )
  metrics.timings(
    "tintype_api_stream_seconds",
    "From the making of a post until the open streams were told of it, by the clocks of database and api.",
    () => [[{}, publishing] as const],
  )
}
