-- no transaction
-- As `posts_public`, without comments. The older one stays for releases that read by it.
CREATE INDEX CONCURRENTLY "posts_public_feed" ON "posts" USING btree ("id","owner_id") WHERE visibility = 'public' AND in_feeds
