-- no transaction
-- Whom a member is spared, and who is spared of them: of nearly everybody nobody, so that it costs nothing to ask.
CREATE INDEX CONCURRENTLY "follows_barred" ON "follows" USING btree ("follower_id","followee_id") WHERE block_id is not null or blocked_by or mute_id is not null
