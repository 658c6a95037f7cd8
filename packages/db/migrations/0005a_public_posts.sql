-- no transaction
-- The newest public posts of all members. A part of the table itself, so that it can neither lag behind nor forget.
CREATE INDEX CONCURRENTLY "posts_public" ON "posts" USING btree ("id","owner_id") WHERE visibility = 'public'
