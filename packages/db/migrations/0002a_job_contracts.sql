-- What a job declares beyond its name. `unique_key` names those of which one runs at a time; `joinable` is true while
-- such a row waits and takes in further calls, false once it has begun. The index holds both rules: for a key there is
-- at most one row that can be joined and at most one that has begun. It has a predicate, so that its columns are no
-- key of the row: a row may begin while those who join it hold it.

ALTER TABLE "outbox" ADD COLUMN "class" text DEFAULT '' NOT NULL;
ALTER TABLE "outbox" ADD COLUMN "unique_key" text;
ALTER TABLE "outbox" ADD COLUMN "joinable" boolean;
ALTER TABLE "outbox" ADD COLUMN "dead_reason" text;

CREATE UNIQUE INDEX "outbox_unique" ON "outbox" USING btree ("owner_id","name","unique_key","joinable") WHERE unique_key is not null and dead_at is null;
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("class","due_at") WHERE dead_at is null;
CREATE INDEX "outbox_dead" ON "outbox" USING btree ("dead_at","id") WHERE dead_at is not null;
CREATE INDEX "outbox_unknown" ON "outbox" USING btree ("name") WHERE dead_reason = 'unknown';
