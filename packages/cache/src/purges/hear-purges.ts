import type { Logger } from "@tintype/observe"
import { hearChannel } from "../broadcasts/hear-channel.ts"
import { channelOf, type Purge, readPurge } from "./purge-wire.ts"

/** Who acts on purges. */
export interface Audience {
  onPurge(purge: Purge): void
  /** From now on every purge is heard; whatever was missed before may have concerned anything. */
  onHearing(): void
  /** Purges are no longer heard. */
  onDeaf(): void
}

export interface Hearing {
  url: string
  log: Logger
  /** Stands before the names of the channel and of the counter. */
  prefix?: string
  audience: Audience
}

/**
 * Listens to purges for as long as the process lives: see `hearChannel`.
 *
 * @returns closes it
 */
export const hearPurges = ({ url, log, prefix = "", audience }: Hearing): (() => Promise<void>) =>
  hearChannel(url, channelOf(prefix), {
    onMessage(message) {
      const purge = readPurge(message)
      if (purge) audience.onPurge(purge)
      return purge !== undefined
    },
    onHearing: () => audience.onHearing(),
    onDeaf() {
      log.warn("purges are not heard: nothing that could be purged is kept")
      audience.onDeaf()
    },
  })
