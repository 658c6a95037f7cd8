-- no transaction
-- Who followed an account once: those who do now stand in "followers".
CREATE INDEX CONCURRENTLY "follows_former" ON "follows" USING btree ("followee_id","follower_id") WHERE not active
