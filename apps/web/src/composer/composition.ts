import { LIMITS } from "@tintype/contract/limits"

/** Where a photo is on its way. */
export type Stage =
  | { kind: "waiting" }
  | { kind: "uploading"; percent: number }
  | { kind: "developing"; mediaId: string }
  | { kind: "ready"; mediaId: string }
  | { kind: "failed"; reason: string /** Whether another try may help. */; again: boolean }

export interface DraftPhoto {
  key: number
  name: string
  /** A `blob:` address of the picked file. */
  preview: string
  stage: Stage
  description: string
  /** The alt text that the server knows. */
  savedDescription: string
}

export type Change =
  | { kind: "add"; photos: Pick<DraftPhoto, "key" | "name" | "preview">[] }
  | { kind: "stage"; key: number; stage: Stage }
  | { kind: "describe"; key: number; description: string }
  | { kind: "saved"; key: number; description: string }
  | { kind: "move"; key: number; by: -1 | 1 }
  | { kind: "remove"; key: number }

export const MOST_AT_ONCE = 3

/** Which stages may follow which; anything else is a late report about something that is over. */
const NEXT: Record<Stage["kind"], readonly Stage["kind"][]> = {
  waiting: ["uploading", "failed"],
  uploading: ["uploading", "developing", "ready", "failed"],
  developing: ["ready", "failed"],
  ready: [],
  failed: ["waiting"],
}

/** The photos of a composition after a change; never more than a post may have. */
export function compose(photos: readonly DraftPhoto[], change: Change): DraftPhoto[] {
  switch (change.kind) {
    case "add": {
      const added = change.photos.map((photo) => ({ ...photo, ...NEW }))
      return [...photos, ...added].slice(0, LIMITS.photosPerPost)
    }
    case "stage":
      return alter(photos, change.key, (photo) =>
        NEXT[photo.stage.kind].includes(change.stage.kind) ? { ...photo, stage: change.stage } : photo,
      )
    case "describe":
      return alter(photos, change.key, (photo) => ({ ...photo, description: change.description }))
    case "saved":
      return alter(photos, change.key, (photo) => ({ ...photo, savedDescription: change.description }))
    case "move":
      return move(photos, change.key, change.by)
    case "remove":
      return photos.filter((photo) => photo.key !== change.key)
  }
}

const NEW = { stage: { kind: "waiting" }, description: "", savedDescription: "" } as const

const alter = (photos: readonly DraftPhoto[], key: number, make: (photo: DraftPhoto) => DraftPhoto) =>
  photos.map((photo) => (photo.key === key ? make(photo) : photo))

function move(photos: readonly DraftPhoto[], key: number, by: -1 | 1): DraftPhoto[] {
  const from = photos.findIndex((photo) => photo.key === key)
  const to = from + by
  const moved = [...photos]
  const [one, other] = [moved[from], moved[to]]
  if (one && other) [moved[from], moved[to]] = [other, one]
  return moved
}

/** The photos whose upload may begin now, in the order of the post. */
export function startable(photos: readonly DraftPhoto[]): DraftPhoto[] {
  const uploading = photos.filter((photo) => photo.stage.kind === "uploading").length
  return photos.filter((photo) => photo.stage.kind === "waiting").slice(0, MOST_AT_ONCE - uploading)
}

/** The server's id of a photo once it has one. */
export const mediaIdOf = ({ stage }: DraftPhoto): string | undefined =>
  "mediaId" in stage ? stage.mediaId : undefined

/** Why the post cannot be sent yet, in words; undefined when it can. */
export function obstacle(photos: readonly DraftPhoto[], captionLength: number): string | undefined {
  if (photos.length === 0) return "Choose at least one photograph."
  if (photos.some((photo) => photo.stage.kind === "failed"))
    return "Some photographs failed: try them again or remove them."
  const unready = photos.filter((photo) => photo.stage.kind !== "ready").length
  if (unready > 0)
    return unready === 1 ? "One photograph is on its way." : `${unready} photographs are on their way.`
  if (captionLength > LIMITS.captionCharacters) return "The caption is too long."
  return undefined
}

/** How long a text is as the server counts it: in code points. */
export const lengthOf = (text: string): number => Array.from(text).length
