-- no transaction
-- Whom a member has blocked, the last one first.
CREATE INDEX CONCURRENTLY "follows_blocks" ON "follows" USING btree ("follower_id","block_id") WHERE block_id is not null
