import { setTimeout as sleep } from "node:timers/promises"
import type { Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { call, makePhoto, signUp, upload } from "./community.ts"
import { percentiles } from "./jobs/figures.ts"

const FOLLOWERS = 12
/** Of each follower, half WebSockets and half server-sent events: what clients open. */
const STREAMS_EACH = 8
const POSTS = 100
/** Between two posts, so that each is told on a system that is not busy with the one before. */
const PAUSE_MS = 250
const LONGEST_MS = 10_000

/** Told of each post that a stream shows, and when. */
type OnUpdate = (postId: string) => void

function openSocket(home: string, token: string, onUpdate: OnUpdate): Promise<() => void> {
  const socket = new WebSocket(`${home.replace("http", "ws")}/api/v1/streaming?stream=user`, token)
  socket.onmessage = ({ data }) => {
    const { event, payload } = JSON.parse(String(data)) as { event: string; payload: string }
    if (event === "update") onUpdate((JSON.parse(payload) as Status).id)
  }
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(() => socket.close())
    socket.onerror = () => reject(new Error("the socket did not open"))
  })
}

async function openEvents(home: string, token: string, onUpdate: OnUpdate): Promise<() => void> {
  const ended = new AbortController()
  const response = await fetch(`${home}/api/v1/streaming/user`, {
    headers: { authorization: `Bearer ${token}` },
    signal: ended.signal,
  })
  if (!response.ok || !response.body) throw new Error(`no stream: ${response.status}`)
  const read = async (body: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    let rest = ""
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + text).split("\n\n")
      rest = events.pop() ?? ""
      for (const event of events) {
        const data = /^event: ?update$/m.test(event) && /^data: ?(.*)$/m.exec(event)?.[1]
        if (data) onUpdate((JSON.parse(data) as Status).id)
      }
    }
  }
  read(response.body).catch(() => undefined)
  return () => ended.abort()
}

export interface StreamLatency {
  streams: number
  posts: number
  "events missing": number
  "from the request, ms": string
  "from its answer, ms": string
}

/**
 * From a post's being published until the open home timelines of its author's followers have it: from the moment the
 * request is sent, and from the moment its answer is there (0 where the event was first).
 */
export async function measureStreams(system: System): Promise<StreamLatency> {
  const home = system.gatewayUrl
  const author = await signUp(home, "broadcaster")
  const { id } = await call<{ id: string }>(`${home}/api/v1/accounts/verify_credentials`, author)
  const seenAt = new Map<string, number[]>()
  const onUpdate: OnUpdate = (post) => {
    const times = seenAt.get(post)
    if (times) times.push(performance.now())
    else seenAt.set(post, [performance.now()])
  }
  const closers: (() => void)[] = []
  for (let follower = 0; follower < FOLLOWERS; follower++) {
    const token = await signUp(home, `follower${follower}`)
    await call(`${home}/api/v1/accounts/${id}/follow`, token, {})
    for (let each = 0; each < STREAMS_EACH; each++) {
      closers.push(await (each % 2 === 0 ? openSocket : openEvents)(home, token, onUpdate))
    }
  }
  const photo = await makePhoto(640, 480)
  const media: string[] = []
  for (let each = 0; each < POSTS; each++) media.push(await upload(home, author, photo))

  const published: { id: string; askedAt: number; answeredAt: number }[] = []
  for (const each of media) {
    const askedAt = performance.now()
    const post = await call<Status>(`${home}/api/v1/statuses`, author, { media_ids: [each] })
    published.push({ id: post.id, askedAt, answeredAt: performance.now() })
    await sleep(PAUSE_MS)
  }
  const expected = POSTS * closers.length
  const arrived = () => published.reduce((sum, post) => sum + (seenAt.get(post.id)?.length ?? 0), 0)
  for (const end = performance.now() + LONGEST_MS; arrived() < expected && performance.now() < end; ) {
    await sleep(100)
  }
  for (const close of closers) close()
  const since = (begin: "askedAt" | "answeredAt") =>
    published.flatMap((post) => (seenAt.get(post.id) ?? []).map((at) => Math.max(0, at - post[begin])))
  return {
    streams: closers.length,
    posts: POSTS,
    "events missing": expected - arrived(),
    "from the request, ms": percentiles(since("askedAt")),
    "from its answer, ms": percentiles(since("answeredAt")),
  }
}
