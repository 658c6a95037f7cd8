import { useSignal } from "@preact/signals"
import type { MediaAttachment } from "@tintype/contract"
import { BlurhashCanvas } from "./blurhash-canvas.tsx"
import { sourcesOf } from "./renditions.ts"

interface PhotoProps {
  photo: MediaAttachment
  /** How wide it is shown, as in `sizes`. */
  sizes: string
  eager?: boolean
}

/** One photo over its blurhash. When the form that the server chose cannot be shown, its JPEG is tried before giving up. */
export function Photo({ photo, sizes, eager = false }: PhotoProps) {
  const stage = useSignal<"best" | "jpeg" | "failed">("best")
  const loaded = useSignal(false)
  const sources = sourcesOf(photo)
  const onError = () => {
    stage.value = stage.value === "best" && sources ? "jpeg" : "failed"
  }
  return (
    <div class={loaded.value ? "photo loaded" : "photo"}>
      <BlurhashCanvas hash={photo.blurhash} />
      {stage.value === "failed" || !photo.url ? (
        <p class="photo-missing">This photograph cannot be shown now.</p>
      ) : (
        <img
          key={stage.value}
          {...imageAddress(photo, sources?.[stage.value], sizes)}
          alt={photo.description ?? ""}
          width={photo.meta.original?.width}
          height={photo.meta.original?.height}
          loading={eager ? "eager" : "lazy"}
          fetchpriority={eager ? "high" : "auto"}
          decoding="async"
          draggable={false}
          onLoad={() => {
            loaded.value = true
          }}
          onError={onError}
        />
      )}
    </div>
  )
}

function imageAddress(photo: MediaAttachment, srcset: string | undefined, sizes: string) {
  const src = photo.url ?? ""
  return srcset ? { sizes, srcset, src } : { src }
}
