import type { MediaAttachment } from "@tintype/contract"
import { expect, test } from "vitest"
import { frameAspect, sourcesOf } from "./renditions.ts"

const photo = (url: string | null, width?: number, height = 100): MediaAttachment => ({
  id: "1",
  type: "image",
  url,
  preview_url: url,
  remote_url: null,
  preview_remote_url: null,
  text_url: null,
  meta: width ? { original: { width, height, size: `${width}x${height}`, aspect: width / height } } : {},
  description: null,
  blurhash: null,
})

test("names every rendition beside the photo's address", () => {
  expect(sourcesOf(photo("/media/public/s/1/2/3/1200.jpg", 1200))).toEqual({
    best: "320,640,1080,1200".replace(/(\d+),?/g, "/media/public/s/1/2/3/$1.jpg $1w, ").slice(0, -2),
    jpeg: "320,640,1080,1200".replace(/(\d+),?/g, "/media/public/s/1/2/3/$1.jpg?as-named $1w, ").slice(0, -2),
  })
})

test("a photo narrower than every nominal width has one rendition", () => {
  expect(sourcesOf(photo("/m/200.jpg", 200))?.jpeg).toBe("/m/200.jpg?as-named 200w")
})

test("an animation, an undeveloped photo and one of unknown width have no further renditions", () => {
  expect(sourcesOf(photo("/m/animation.webp", 400))).toBeUndefined()
  expect(sourcesOf(photo(null, 400))).toBeUndefined()
  expect(sourcesOf(photo("/m/400.jpg"))).toBeUndefined()
})

test("frames are neither very tall nor very wide", () => {
  expect(frameAspect(photo("/m/1.jpg", 150, 100))).toBe(1.5)
  expect(frameAspect(photo("/m/1.jpg", 100, 1000))).toBe(0.7)
  expect(frameAspect(photo("/m/1.jpg", 1000, 100))).toBe(2.2)
  expect(frameAspect(undefined)).toBe(1)
})
