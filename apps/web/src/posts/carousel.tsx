import { useSignal } from "@preact/signals"
import type { MediaAttachment } from "@tintype/contract"
import { useRef } from "preact/hooks"
import { Icon } from "../shell/icons.tsx"
import { Photo } from "./photo.tsx"
import { frameAspect } from "./renditions.ts"

/** The feed's column: the whole width of a phone, 40 rem at most. */
const FEED_SIZES = "(min-width: 44rem) 640px, 100vw"

interface CarouselProps {
  photos: MediaAttachment[]
  eager: boolean
}

/** The photos of one post: one alone in its frame, several side by side to swipe, click or key through. */
export function Carousel({ photos, eager }: CarouselProps) {
  const style = { aspectRatio: String(frameAspect(photos[0])) }
  const [only] = photos
  if (!only) return null
  if (photos.length > 1) return <Strip photos={photos} eager={eager} style={style} />
  return (
    <div class="frame" style={style}>
      <Photo photo={only} sizes={FEED_SIZES} eager={eager} />
    </div>
  )
}

function Strip({ photos, eager, style }: CarouselProps & { style: { aspectRatio: string } }) {
  const strip = useRef<HTMLUListElement>(null)
  const current = useSignal(0)
  const show = (index: number) => {
    const to = Math.max(0, Math.min(photos.length - 1, index))
    strip.current?.scrollTo({ left: to * strip.current.clientWidth })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      Home: -photos.length,
      End: photos.length,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    show(current.value + step)
  }
  const onScroll = () => {
    const { scrollLeft = 0, clientWidth = 1 } = strip.current ?? {}
    current.value = Math.round(scrollLeft / clientWidth)
  }
  return (
    <section class="carousel" aria-roledescription="carousel" aria-label={`${photos.length} photographs`}>
      <ul
        ref={strip}
        class="strip frame"
        style={style}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
      >
        {photos.map((photo, index) => (
          <li key={photo.id} aria-label={`Photograph ${index + 1} of ${photos.length}`}>
            <Photo photo={photo} sizes={FEED_SIZES} eager={eager && index === 0} />
          </li>
        ))}
      </ul>
      <Steps count={photos.length} current={current.value} show={show} />
    </section>
  )
}

function Steps({ count, current, show }: { count: number; current: number; show: (index: number) => void }) {
  return (
    <>
      <button
        type="button"
        class="step step-left"
        aria-label="Previous photograph"
        disabled={current === 0}
        onClick={() => show(current - 1)}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        class="step step-right"
        aria-label="Next photograph"
        disabled={current === count - 1}
        onClick={() => show(current + 1)}
      >
        <Icon name="right" />
      </button>
      <p class="position" aria-live="polite">
        {current + 1} / {count}
      </p>
    </>
  )
}
