-- no transaction
-- All tokens of an account end with it.
CREATE INDEX CONCURRENTLY "access_tokens_account" ON "access_tokens" USING btree ("account_id") WHERE account_id is not null
