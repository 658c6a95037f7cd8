-- no transaction
-- The few who may steer the instance: the last one cannot leave.
CREATE INDEX CONCURRENTLY "accounts_admins" ON "accounts" USING btree ("id") WHERE role = 'admin'
