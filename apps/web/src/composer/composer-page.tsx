import { LIMITS } from "@tintype/contract/limits"
import { useEffect, useMemo } from "preact/hooks"
import { useLocation } from "preact-iso"
import { homeFeed } from "../feed/home-feed.ts"
import { TextArea } from "../forms/field.tsx"
import { useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"
import { VisibilityChoice } from "../forms/visibility-choice.tsx"
import { member } from "../session/session.ts"
import { useTitle } from "../shell/title.ts"
import { toast } from "../shell/toasts.tsx"
import { lengthOf } from "./composition.ts"
import { type Draft, openDraft } from "./draft.ts"
import { DropZone } from "./drop-zone.tsx"
import { PhotoRow } from "./photo-row.tsx"

/** Where a post is made. */
export function ComposerPage() {
  useTitle("New post")
  const { route } = useLocation()
  const draft = useMemo(() => openDraft(member.peek()?.source.privacy ?? "public"), [])
  useEffect(() => () => draft.uploads.close(), [draft])
  useLeavingGuard(draft)
  const submission = useSubmission([])
  const submit = (event: Event) => {
    event.preventDefault()
    if (draft.obstacle.value) return
    void submission.send(async () => {
      homeFeed.value.prepend(await draft.post())
      toast("Your post hangs on the wall.")
      route("/")
    })
  }
  return (
    <section class="plate composer">
      <h1>New post</h1>
      <form class="stack" onSubmit={submit}>
        <DropZone draft={draft} />
        <Photos draft={draft} />
        <CaptionField draft={draft} />
        <VisibilityChoice
          name="visibility"
          legend="Who may see it"
          value={draft.visibility.value}
          onChoose={(chosen) => {
            draft.visibility.value = chosen
          }}
        />
        <FormError text={submission.formError} />
        <div class="row end">
          <p class="obstacle" role="status">
            {draft.photos.value.length > 0 ? draft.obstacle.value : undefined}
          </p>
          <SubmitButton
            label="Post"
            busy={submission.busy.value}
            disabled={draft.obstacle.value !== undefined}
          />
        </div>
      </form>
    </section>
  )
}

function Photos({ draft }: { draft: Draft }) {
  const photos = draft.photos.value
  if (photos.length === 0) return null
  return (
    <ol class="photo-rows">
      {photos.map((photo, index) => (
        <PhotoRow key={photo.key} photo={photo} index={index} count={photos.length} draft={draft} />
      ))}
    </ol>
  )
}

function CaptionField({ draft }: { draft: Draft }) {
  const length = lengthOf(draft.caption.value)
  const over = length > LIMITS.captionCharacters
  return (
    <div class="counted">
      <TextArea
        label="Caption"
        rows={4}
        dir="auto"
        value={draft.caption.value}
        error={over ? `The caption is ${length - LIMITS.captionCharacters} characters too long.` : undefined}
        onInput={(event) => {
          draft.caption.value = event.currentTarget.value
        }}
      />
      <span class={over ? "count over" : "count"} aria-hidden="true">
        {length.toLocaleString("en")} / {LIMITS.captionCharacters.toLocaleString("en")}
      </span>
    </div>
  )
}

/** Has the browser ask before the tab is closed over photos that are not posted. */
function useLeavingGuard(draft: Draft): void {
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => {
      if (draft.photos.peek().length > 0) event.preventDefault()
    }
    addEventListener("beforeunload", guard)
    return () => removeEventListener("beforeunload", guard)
  }, [draft])
}
