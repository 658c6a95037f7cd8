-- no transaction
-- What has photos of each account, so that no list of photos walks through comments.
CREATE INDEX CONCURRENTLY "posts_photos" ON "posts" USING btree ("owner_id","id") WHERE has_photos
