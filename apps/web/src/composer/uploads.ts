import { signal } from "@preact/signals"
import { LIMITS } from "@tintype/contract/limits"
import { ApiError, api, tell } from "../api.ts"
import { report } from "../shell/toasts.tsx"
import { type Change, compose, type DraftPhoto, mediaIdOf, type Stage, startable } from "./composition.ts"
import { sendFile } from "./send-file.ts"

const POLL_FIRST_MS = 250
const POLL_MOST_MS = 1500
const DEVELOPING_LONGEST_MS = 5 * 60_000

/** The photos of one composition, each brought to the server from the moment it is added. */
export class Uploads {
  readonly photos = signal<DraftPhoto[]>([])
  readonly #files = new Map<number, File>()
  readonly #aborts = new Map<number, AbortController>()
  #lastKey = 0

  /** @returns how many did not fit */
  add(files: readonly File[]): number {
    const fitting = files.slice(0, LIMITS.photosPerPost - this.photos.value.length)
    const photos = fitting.map((file) => {
      const key = ++this.#lastKey
      this.#files.set(key, file)
      return { key, name: file.name, preview: URL.createObjectURL(file) }
    })
    this.change({ kind: "add", photos })
    return files.length - fitting.length
  }

  /** Changes the photos, and begins the uploads for which there is room then. */
  change(change: Change): void {
    this.photos.value = compose(this.photos.value, change)
    for (const photo of startable(this.photos.value)) void this.#bring(photo.key)
  }

  remove(key: number): void {
    this.#forget(key)
    this.change({ kind: "remove", key })
  }

  retry(key: number): void {
    this.change({ kind: "stage", key, stage: { kind: "waiting" } })
  }

  /**
   * Sends a photo's alt text, if the server does not know it yet and the photo is there.
   *
   * @throws ApiError
   */
  async describe(key: number): Promise<void> {
    const photo = this.photos.value.find((one) => one.key === key)
    const id = photo && mediaIdOf(photo)
    if (!photo || !id || photo.description === photo.savedDescription) return
    const { description } = photo
    await api.updateMedia({ params: { id }, body: { description } })
    this.change({ kind: "saved", key, description })
  }

  /** Stops what is under way and frees the previews. */
  close(): void {
    for (const photo of this.photos.value) this.#forget(photo.key)
  }

  async #bring(key: number): Promise<void> {
    const file = this.#files.get(key)
    if (!file) return
    const { signal } = this.#abortOf(key)
    this.#stage(key, { kind: "uploading", percent: 0 })
    try {
      const onPercent = (percent: number) => this.#stage(key, { kind: "uploading", percent })
      const { id: mediaId, ready } = await sendFile(file, onPercent, signal)
      if (!ready) {
        this.#stage(key, { kind: "developing", mediaId })
        await untilDeveloped(mediaId, signal)
      }
      this.#stage(key, { kind: "ready", mediaId })
    } catch (error) {
      if (!signal.aborted) this.#stage(key, { kind: "failed", reason: tell(error), again: isPassing(error) })
      return
    }
    await this.describe(key).catch(report)
  }

  #stage(key: number, stage: Stage): void {
    this.change({ kind: "stage", key, stage })
  }

  #abortOf(key: number): AbortController {
    const abort = new AbortController()
    this.#aborts.set(key, abort)
    return abort
  }

  #forget(key: number): void {
    this.#aborts.get(key)?.abort()
    this.#aborts.delete(key)
    this.#files.delete(key)
    const photo = this.photos.value.find((one) => one.key === key)
    if (photo) URL.revokeObjectURL(photo.preview)
  }
}

/**
 * Asks until the photo is developed, more and more rarely; a server that cannot be reached is asked again.
 *
 * @throws ApiError with the reason when it cannot be developed, or when it takes too long
 */
async function untilDeveloped(id: string, signal: AbortSignal): Promise<void> {
  const latest = Date.now() + DEVELOPING_LONGEST_MS
  for (let pause = POLL_FIRST_MS; Date.now() < latest; pause = Math.min(POLL_MOST_MS, pause * 1.5)) {
    await new Promise((resolve) => setTimeout(resolve, pause))
    signal.throwIfAborted()
    try {
      if ((await api.getMedia({ params: { id }, signal })).status === 200) return
    } catch (error) {
      if (!isPassing(error)) throw error
    }
  }
  throw new ApiError(0, "Developing takes too long. Please try again later.")
}

const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429)
