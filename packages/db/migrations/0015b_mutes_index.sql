-- no transaction
-- Whom a member has muted, the last one first.
CREATE INDEX CONCURRENTLY "follows_mutes" ON "follows" USING btree ("follower_id","mute_id") WHERE mute_id is not null
