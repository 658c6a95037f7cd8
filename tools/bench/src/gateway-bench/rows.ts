import type { Contender } from "./contender.ts"
import { PATHS, PHOTO_BYTES, type Site } from "./site.ts"

/** One thing that is asked of every proxy that can do it. */
export interface Row {
  title: string
  /** What each upstream waits before it answers, in ms; there are as many as numbers. */
  delays: readonly number[]
  path: (site: Site) => string
  takesPart: (contender: Contender) => boolean
  /** Asked over TLS. */
  tls?: boolean
  /** Requests a second; without it as many as are answered. */
  rate?: number
  /** The share of the usual requests that come before it is measured. */
  warmUpShare: number
}

/** Little enough for those who send every third request to the slow one. */
const RATE = 400
const SLOW_MS = 200
const kB = `${PHOTO_BYTES / 1000} kB`

export const ROWS: readonly Row[] = [
  {
    title: "1 kB of JSON, proxied without TLS",
    delays: [0],
    path: () => PATHS.small,
    takesPart: () => true,
    warmUpShare: 1,
  },
  {
    title: "1 kB of JSON, proxied, TLS to the client",
    delays: [0],
    path: () => PATHS.small,
    takesPart: () => true,
    tls: true,
    warmUpShare: 1,
  },
  {
    title: "1 kB of JSON, kept in the proxy's cache",
    delays: [0],
    path: () => PATHS.cached,
    takesPart: ({ caches }) => caches === true,
    warmUpShare: 1,
  },
  {
    title: `A photo of ${kB}, proxied`,
    delays: [0],
    path: () => PATHS.photo,
    takesPart: () => true,
    warmUpShare: 0.2,
  },
  {
    title: `A photo of ${kB}, from the disk`,
    delays: [0],
    path: ({ photoPath }) => photoPath,
    takesPart: ({ files }) => files === true,
    warmUpShare: 0.2,
  },
  {
    title: `1 kB of JSON, ${RATE} times a second, from three upstreams of which one takes ${SLOW_MS} ms`,
    delays: [SLOW_MS, 1, 1],
    path: () => PATHS.small,
    takesPart: () => true,
    rate: RATE,
    warmUpShare: 0,
  },
]
