import type { OpenContender } from "./contender.ts"
import { openAsyncCacheDedupe, openBentocache, openCacheable } from "./libraries.ts"
import { openCacheAside, openSetOnWrite } from "./plain.ts"
import { openTintype, openTintypeFirstLevel } from "./tintype.ts"

export const CONTENDERS = {
  tintype: openTintype,
  "tintype with a first level": openTintypeFirstLevel,
  "set on write": openSetOnWrite,
  "cache aside": openCacheAside,
  bentocache: openBentocache,
  "async-cache-dedupe": openAsyncCacheDedupe,
  cacheable: openCacheable,
} satisfies Record<string, OpenContender>

export type ContenderName = keyof typeof CONTENDERS

export const isContender = (name: string): name is ContenderName => Object.hasOwn(CONTENDERS, name)
