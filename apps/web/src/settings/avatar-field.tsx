import { useSignal } from "@preact/signals"
import { PHOTO_TYPES } from "@tintype/contract/limits"
import { useEffect } from "preact/hooks"

interface AvatarFieldProps {
  /** The address of the avatar as it is. */
  current: string
  error: string | undefined
}

/** Picks a new avatar and shows it before it is saved. */
export function AvatarField({ current, error }: AvatarFieldProps) {
  const picked = useSignal<string | undefined>(undefined)
  const preview = picked.value
  useEffect(() => () => void (preview && URL.revokeObjectURL(preview)), [preview])
  return (
    <div class="field">
      <label class="avatar-field">
        <img class="avatar large" src={preview ?? current} alt="" width="72" height="72" />
        <span class="button small">Change avatar</span>
        <input
          type="file"
          name="avatar"
          accept={PHOTO_TYPES.join(",")}
          aria-label="Avatar"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            picked.value = file && URL.createObjectURL(file)
          }}
        />
      </label>
      {error && <p class="note note-error">{error}</p>}
    </div>
  )
}
