import { useSignal } from "@preact/signals"
import { LIMITS } from "@tintype/contract/limits"
import { Icon } from "../shell/icons.tsx"
import { report } from "../shell/toasts.tsx"
import type { DraftPhoto, Stage } from "./composition.ts"
import type { Draft } from "./draft.ts"
import type { Uploads } from "./uploads.ts"

interface PhotoRowProps {
  photo: DraftPhoto
  index: number
  count: number
  draft: Draft
}

/** One photo of a post in the making: how far it is, its alt text, its place. */
export function PhotoRow({ photo, index, count, draft }: PhotoRowProps) {
  const number = index + 1
  return (
    <li class={`photo-row ${photo.stage.kind}`}>
      <Preview src={photo.preview} />
      <div class="photo-row-body">
        <StageLine stage={photo.stage} name={photo.name} />
        <PhotoForm photo={photo} number={number} uploads={draft.uploads} />
      </div>
      <Tools photo={photo} number={number} count={count} draft={draft} />
    </li>
  )
}

/** Its alt text; or, once it has failed for a passing reason, another try. */
function PhotoForm({ photo, number, uploads }: { photo: DraftPhoto; number: number; uploads: Uploads }) {
  const { key, stage } = photo
  if (stage.kind === "failed") {
    if (!stage.again) return null
    return (
      <button type="button" class="button small" onClick={() => uploads.retry(key)}>
        Try again
      </button>
    )
  }
  return (
    <textarea
      rows={2}
      dir="auto"
      aria-label={`Describe photo ${number}`}
      placeholder="What does it show?"
      maxLength={LIMITS.descriptionCharacters}
      value={photo.description}
      onInput={(event) => uploads.change({ kind: "describe", key, description: event.currentTarget.value })}
      onBlur={() => void uploads.describe(key).catch(report)}
    />
  )
}

/** The picked file itself; browsers cannot show every kind that the server can develop. */
function Preview({ src }: { src: string }) {
  const broken = useSignal(false)
  if (broken.value) return <span class="preview" aria-hidden="true" />
  return (
    <img
      class="preview"
      src={src}
      alt=""
      onError={() => {
        broken.value = true
      }}
    />
  )
}

function StageLine({ stage, name }: { stage: Stage; name: string }) {
  // Once all of it is there, the server develops it before it answers.
  const sent = stage.kind === "uploading" && stage.percent === 100
  const shown: Stage["kind"] = sent ? "developing" : stage.kind
  return (
    <div class="stage">
      <span class="stage-name">{name}</span>
      <span class="stage-word" role={stage.kind === "failed" ? "alert" : undefined}>
        {shown === "developing" ? "Developing" : wordsOf(stage)}
      </span>
      {stage.kind === "uploading" && !sent && (
        <progress max={100} value={stage.percent} aria-label={`Uploading ${name}`} />
      )}
      {shown === "developing" && <progress aria-label={`Developing ${name}`} />}
    </div>
  )
}

function wordsOf(stage: Stage): string {
  switch (stage.kind) {
    case "waiting":
      return "Waiting"
    case "uploading":
      return `Uploading ${stage.percent} %`
    case "developing":
      return "Developing"
    case "ready":
      return "Ready"
    case "failed":
      return stage.reason
  }
}

function Tools({
  photo,
  number,
  count,
  draft,
}: {
  photo: DraftPhoto
  number: number
  count: number
  draft: Draft
}) {
  return (
    <div class="tools">
      <button
        type="button"
        class="action"
        aria-label={`Move photo ${number} up`}
        disabled={number === 1}
        onClick={() => draft.uploads.change({ kind: "move", key: photo.key, by: -1 })}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="action"
        aria-label={`Move photo ${number} down`}
        disabled={number === count}
        onClick={() => draft.uploads.change({ kind: "move", key: photo.key, by: 1 })}
      >
        <Icon name="down" />
      </button>
      <button
        type="button"
        class="action"
        aria-label={`Remove photo ${number}`}
        onClick={() => draft.uploads.remove(photo.key)}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
