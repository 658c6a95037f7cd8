-- no transaction
-- The few accounts that are gone and not erased yet.
CREATE INDEX CONCURRENTLY "accounts_unerased" ON "accounts" USING btree ("id") WHERE deleted_at is not null and erased_at is null
