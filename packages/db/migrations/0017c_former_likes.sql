-- no transaction
-- What an account liked once: what it likes now stands in "likes".
CREATE INDEX CONCURRENTLY "favourites_former" ON "favourites" USING btree ("account_id","post_id") WHERE not active
