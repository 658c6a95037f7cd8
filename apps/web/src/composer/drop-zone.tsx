import { useSignal } from "@preact/signals"
import { LIMITS, PHOTO_TYPES } from "@tintype/contract/limits"
import { useEffect } from "preact/hooks"
import { toast } from "../shell/toasts.tsx"
import type { Draft } from "./draft.ts"

/** Where photos come in: picked, dropped anywhere on the page, or pasted. */
export function DropZone({ draft }: { draft: Draft }) {
  const over = useDropAndPaste(draft)
  const left = LIMITS.photosPerPost - draft.photos.value.length
  if (left <= 0) return null
  return (
    <label class={over.value ? "drop over" : "drop"}>
      <span class="drop-title">Choose photos</span>
      <small aria-hidden="true">
        or drop or paste them here · {left} of {LIMITS.photosPerPost} left
      </small>
      <input
        type="file"
        accept={PHOTO_TYPES.join(",")}
        multiple
        aria-label="Choose photos"
        onChange={(event) => {
          addTo(draft, Array.from(event.currentTarget.files ?? []))
          event.currentTarget.value = ""
        }}
      />
    </label>
  )
}

function addTo(draft: Draft, files: readonly File[]): void {
  if (draft.uploads.add(files) > 0)
    toast(`A post holds ${LIMITS.photosPerPost} photographs; the rest were left out.`)
}

const filesOf = (transfer: DataTransfer | null): File[] =>
  Array.from(transfer?.files ?? []).filter((file) => file.type.startsWith("image/"))

function useDropAndPaste(draft: Draft) {
  const over = useSignal(false)
  useEffect(() => {
    const listening = new AbortController()
    const { signal } = listening
    const onDrag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return
      event.preventDefault()
      over.value = true
    }
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false
    }
    const onDrop = (event: DragEvent) => {
      over.value = false
      if (!event.dataTransfer?.types.includes("Files")) return
      event.preventDefault()
      addTo(draft, filesOf(event.dataTransfer))
    }
    const onPaste = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData)
      if (files.length === 0) return
      event.preventDefault()
      addTo(draft, files)
    }
    addEventListener("dragover", onDrag, { signal })
    addEventListener("dragleave", onLeave, { signal })
    addEventListener("drop", onDrop, { signal })
    addEventListener("paste", onPaste, { signal })
    return () => listening.abort()
  }, [draft, over])
  return over
}
