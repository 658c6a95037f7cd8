import type { Broadcast, Cache, CounterBoard, Limiter, Purges } from "@tintype/cache"
import type { AccountId, AppId, Db } from "@tintype/db"
import type { BlobStore } from "@tintype/media/blob-store"
import type { Logger } from "@tintype/observe"
import type { Pressure, Queue, Subscribers } from "@tintype/queue"
import type { WarmTimelines } from "./timelines/index.ts"

/** What an instance tells of itself, and how its URLs are made. */
export interface Settings {
  /** Without a slash at the end. */
  publicUrl: string
  signingSecret: string
  uploadMaxBytes: number
  /** Posts of accounts with more followers are not pushed to each: home timelines merge them when they are read. */
  pushedFollowers: number
  title: string
  description: string
  contactEmail: string
  /** Where the source of what runs here can be had; the instance itself if not given. */
  sourceUrl?: string | undefined
  registrationsOpen: boolean
  passwordGrant: boolean
}

/** What operations work with. Opened by a `main`, the same in api and worker. */
export interface Context {
  db: Db
  cache: Cache
  /** Where processes tell each other what their caches do. */
  counterBoard: CounterBoard
  warmLists: WarmTimelines
  limiter: Limiter
  /** Ends what gateways keep of this instance's answers. */
  purges: Purges
  queue: Queue
  /** Reaches the open streams of all processes. */
  streams: Broadcast
  /** Who is told of what happens. */
  subscribers: Subscribers
  /** Where members ask for work: refuses it while too much of its class waits. */
  pressure?: Pressure
  blobs: BlobStore
  settings: Settings
  now: () => Date
  log: Logger
}

/** Who calls: a member through an app. */
export interface Actor {
  accountId: AccountId
  appId: AppId
}
