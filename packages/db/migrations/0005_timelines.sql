-- What the lists of tags, likes and bookmarks are read from.
--
-- `post_tags` finds the public posts of a tag, newest first; it is written in the transaction of the post. `likes` is
-- `favourites` seen from the account that likes: the same facts under another owner, as `followers` is for `follows`.
-- A bookmark belongs to the account that made it; taken back its row stays, since its version orders caches.

CREATE TABLE "post_tags" (
  "tag" text NOT NULL,
  "post_id" bigint NOT NULL,
  "owner_id" bigint NOT NULL,
  CONSTRAINT "post_tags_tag_post_id_pk" PRIMARY KEY("tag","post_id")
);
CREATE TABLE "likes" (
  "account_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "post_id" bigint NOT NULL,
  "owner_id" bigint NOT NULL,
  CONSTRAINT "likes_account_id_id_pk" PRIMARY KEY("account_id","id")
);
CREATE TABLE "bookmarks" (
  "account_id" bigint NOT NULL,
  "post_id" bigint NOT NULL,
  "owner_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "active" boolean NOT NULL,
  "version" integer DEFAULT 1 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "bookmarks_account_id_post_id_pk" PRIMARY KEY("account_id","post_id")
);

INSERT INTO "post_tags" ("tag", "post_id", "owner_id")
SELECT DISTINCT t.tag, p.id, p.owner_id
FROM posts p CROSS JOIN unnest(p.tags) AS t (tag)
WHERE p.visibility = 'public';

-- In the order in which they were given, each with an id from the shard of the account that likes.
INSERT INTO "likes" ("account_id", "id", "post_id", "owner_id")
SELECT f.account_id, next_id((f.account_id >> 10 & 8191)::int), f.post_id, f.owner_id
FROM (SELECT * FROM favourites WHERE active ORDER BY created_at, post_id OFFSET 0) f;

CREATE UNIQUE INDEX "likes_post" ON "likes" USING btree ("account_id","post_id");
CREATE INDEX "bookmarks_newest" ON "bookmarks" USING btree ("account_id","id") WHERE active;
-- For erasing a post, whoever bookmarked it.
CREATE INDEX "bookmarks_post" ON "bookmarks" USING btree ("owner_id","post_id");
