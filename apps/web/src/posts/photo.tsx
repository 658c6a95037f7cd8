import { useSignal } from "@preact/signals"
import type { MediaAttachment } from "@tintype/contract"
import { BlurhashCanvas } from "./blurhash-canvas.tsx"
import { type Sources, sourcesOf } from "./renditions.ts"

interface PhotoProps {
  photo: MediaAttachment
  /** How wide it is shown, as in `sizes`. */
  sizes: string
  eager?: boolean
}

/** One photo over its blurhash. When its AVIF cannot be had, its JPEG is tried before giving up. */
export function Photo({ photo, sizes, eager = false }: PhotoProps) {
  const stage = useSignal<"avif" | "jpeg" | "failed">("avif")
  const loaded = useSignal(false)
  const sources = sourcesOf(photo)
  const onError = () => {
    stage.value = stage.value === "avif" && sources ? "jpeg" : "failed"
  }
  return (
    <div class={loaded.value ? "photo loaded" : "photo"}>
      <BlurhashCanvas hash={photo.blurhash} />
      {stage.value === "failed" || !photo.url ? (
        <p class="photo-missing">This photograph cannot be shown now.</p>
      ) : (
        <picture key={stage.value}>
          {sources && stage.value === "avif" && (
            <source type="image/avif" srcset={sources.avif} sizes={sizes} />
          )}
          <img
            {...imageAddress(photo, sources, sizes)}
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
        </picture>
      )}
    </div>
  )
}

function imageAddress(photo: MediaAttachment, sources: Sources | undefined, sizes: string) {
  const src = photo.url ?? ""
  return sources ? { sizes, srcset: sources.jpeg, src } : { src }
}
