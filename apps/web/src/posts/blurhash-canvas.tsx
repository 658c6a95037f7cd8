import { decode, isBlurhashValid } from "blurhash"
import { useEffect, useRef } from "preact/hooks"

/** Enough for a blur; the browser scales it up smoothly. */
const SIDE = 24

/** The colours of a photo before it has come. */
export function BlurhashCanvas({ hash }: { hash: string | null }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext("2d")
    if (!context || !hash || !isBlurhashValid(hash).result) return
    context.putImageData(new ImageData(new Uint8ClampedArray(decode(hash, SIDE, SIDE)), SIDE, SIDE), 0, 0)
  }, [hash])
  return <canvas ref={canvas} class="blurhash" width={SIDE} height={SIDE} />
}
