import type { AccountId, PostId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { readCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { type Filter, isInFeeds, type SeenByMany, seeForMany } from "../posts/index.ts"
import { isFollowing, tieCard } from "../relationships/index.ts"
import type { Audience } from "./audience.ts"
import { listeningLists } from "./listening-lists.ts"
import { StreamEvent, type Subscription } from "./members.ts"
import type { Reader } from "./readers.ts"
import type { Deletion } from "./stream-message.ts"

const isHome: Filter = ({ own, home, muted, post }) => isInFeeds(post) && (own || (home && !muted))
const isOnList: Filter = ({ own, follows, muted, post }) => isInFeeds(post) && (own || (follows && !muted))
const isPublic: Filter = ({ muted, post }) => isInFeeds(post) && post.visibility === "public" && !muted

/** Viewers whose standing is read together. */
const AT_ONCE = 500

export interface Post {
  id: PostId
  ownerId: AccountId
}

/** Writes each text once, however many get it. */
function events(name: StreamEvent["name"]) {
  const made = new Map<string, StreamEvent>()
  return (text: string): StreamEvent => {
    const event = made.get(text) ?? new StreamEvent(name, text)
    made.set(text, event)
    return event
  }
}

/** Who was told what. */
interface Telling {
  eventOf: (text: string) => StreamEvent
  told: Set<Subscription>
}

function send(seen: SeenByMany, to: Iterable<Subscription>, filter: Filter, { eventOf, told }: Telling) {
  for (const subscription of to) {
    const { client, channel, viewerId } = subscription
    const text = seen.textFor(viewerId, filter)
    if (text === null) continue
    client.deliver(channel, eventOf(text))
    told.add(subscription)
  }
}

const pagesOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, page) =>
    all.slice(page * AT_ONCE, (page + 1) * AT_ONCE),
  )

/**
 * Shows a post on every open feed that it belongs on, as it stands now: who may see it, and who follows its author,
 * is read here and believed from nobody. One that is gone meanwhile is not shown.
 *
 * @returns to whom it was shown
 */
export async function deliverPost(
  ctx: Context,
  audience: Audience,
  post: Post,
  name: "update" | "status.update",
): Promise<Set<Subscription>> {
  const telling: Telling = { eventOf: events(name), told: new Set() }
  // Nobody has liked or bookmarked what is new.
  const marksOf = (viewers: readonly AccountId[]) => (name === "update" ? [] : viewers)
  for (const page of pagesOf(audience.homes.of(post.ownerId))) {
    const viewers = page.map(({ viewerId }) => viewerId)
    const seen = await seeForMany(ctx, post, { standing: viewers, marks: marksOf(viewers) })
    if (!seen) return telling.told
    for (const { subscriptions } of page) send(seen, subscriptions, isHome, telling)
  }
  for (const page of pagesOf([...audience.lists])) {
    const listening = await listeningLists(ctx.db, page, post.ownerId)
    const viewers = [...new Set(listening.map(({ viewerId }) => viewerId))]
    if (viewers.length === 0) continue
    const seen = await seeForMany(ctx, post, { standing: viewers, marks: marksOf(viewers) })
    if (seen) send(seen, listening, isOnList, telling)
  }
  if (audience.public.size === 0 && !audience.hasTags) return telling.told
  const tagged = audience.hasTags ? await tagsOf(ctx, post) : []
  for (const page of pagesOf([...audience.public, ...audience.ofTags(tagged)])) {
    const viewers = [...new Set(page.map(({ viewerId }) => viewerId))]
    const seen = await seeForMany(ctx, post, { standing: viewers, marks: marksOf(viewers) })
    if (seen) send(seen, page, isPublic, telling)
  }
  return telling.told
}

/** Shows a changed post to those who see it, and takes it away from those who could before and cannot any more. */
export async function deliverChange(
  ctx: Context,
  audience: Audience,
  post: Post,
  before?: Omit<Deletion, "id">,
) {
  const told = await deliverPost(ctx, audience, post, "status.update")
  if (before) await deliverDeletion(ctx, audience, post.ownerId, { id: post.id, ...before }, told)
}

async function tagsOf(ctx: Context, post: Post): Promise<readonly string[]> {
  const seen = await seeForMany(ctx, post, { standing: [], marks: [] })
  return seen?.tags ?? []
}

/** @param isSecret whether those who do not follow may not even know that there was something */
async function followersAmong(
  ctx: Context,
  readers: readonly Reader<Subscription>[],
  followeeId: AccountId,
  isSecret: boolean,
) {
  const ties = readers.map(({ viewerId }) => tieCard.key({ followerId: viewerId, followeeId }))
  const account = accountCard.key(followeeId)
  const cards = await readCards(ctx, [...ties, account])
  // Who followed an account that is gone may be erased by now, and is among the readers all the same.
  if (!isSecret && !cards.get(account)) return readers
  return readers.filter((_, index) => {
    const tie = ties[index]
    return tie !== undefined && isFollowing(cards.get(tie))
  })
}

/** Takes a post away from the feeds of those who could see it. @param but those who still see it */
export async function deliverDeletion(
  ctx: Context,
  audience: Audience,
  ownerId: AccountId,
  gone: Deletion,
  but: ReadonlySet<Subscription> = new Set(),
) {
  const event = new StreamEvent("delete", gone.id)
  const tell = (to: Iterable<Subscription>) => {
    for (const each of to) if (!but.has(each)) each.client.deliver(each.channel, event)
  }
  const mentioned = new Set(gone.mentioned)
  const couldSee = ({ viewerId }: { viewerId: AccountId }) =>
    gone.visibility !== "direct" || mentioned.has(viewerId) || viewerId === ownerId
  const [own, others] = [true, false].map((isOwn) =>
    audience.homes.of(ownerId).filter(({ viewerId }) => (viewerId === ownerId) === isOwn),
  )
  for (const { subscriptions } of own ?? []) tell(subscriptions)
  for (const page of pagesOf((others ?? []).filter(couldSee))) {
    const isSecret = gone.visibility === "private"
    for (const { subscriptions } of await followersAmong(ctx, page, ownerId, isSecret)) tell(subscriptions)
  }
  for (const page of pagesOf([...audience.lists].filter(couldSee))) {
    tell(await listeningLists(ctx.db, page, ownerId))
  }
  if (gone.visibility === "public") tell([...audience.public, ...audience.ofTags(gone.tags)])
}
