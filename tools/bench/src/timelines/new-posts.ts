import { type AccountId, type Db, firstIdAt, idOf, type PostId, shardOf } from "@tintype/db"
import { sql } from "drizzle-orm"

/** Longer than it takes after a flush until Redis is sure again that a post is newer than all in its lists. */
const AHEAD_MS = 3600_000

let last = 0

/** Greater than all that were there, as ids of an hour from now are. */
function nextId(owner: AccountId): PostId {
  last = Math.max(Date.now() + AHEAD_MS, last + 1)
  const id = idOf<"post">(BigInt(firstIdAt(last)) | (BigInt(shardOf(owner)) << 10n))
  if (!id) throw new Error("no id")
  return id
}

export interface NewPost {
  id: PostId
  owner: AccountId
}

export interface NewPosts extends AsyncDisposable {
  /** From the oldest to the newest. */
  posts: readonly NewPost[]
}

/** Posts by these accounts, as they would be posted now one after the other, until they are disposed of. */
export async function makePosts(db: Db, owners: readonly AccountId[]): Promise<NewPosts> {
  const posts = owners.map((owner) => ({ id: nextId(owner), owner }))
  const rows = sql`(select * from json_to_recordset(${JSON.stringify(posts)}::json) as made (id bigint, owner bigint)) as made`
  await db.execute(sql`
    insert into posts (owner_id, id, caption, visibility, sensitive, spoiler_text, mentions, tags)
    select owner, id, 'A photograph, and some words about it', 'public', false, '', '[]', '{}' from ${rows}`)
  await db.execute(sql`insert into post_owners (post_id, owner_id) select id, owner from ${rows}`)
  return {
    posts,
    async [Symbol.asyncDispose]() {
      await db.execute(sql`delete from post_owners using ${rows} where post_id = made.id`)
      await db.execute(sql`delete from posts using ${rows} where owner_id = owner and posts.id = made.id`)
    },
  }
}
