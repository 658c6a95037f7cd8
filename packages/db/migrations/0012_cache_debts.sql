-- Cached values that are not to be believed: their rows were changed when the cache could not be told. A row is
-- committed with such a change or right after it, read by every process that reads the cache, and deleted when the
-- cache has forgotten the value. Nearly always empty; it belongs to no account, since a key does not either.

CREATE TABLE "cache_debts" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "key" text NOT NULL,
  CONSTRAINT "cache_debts_key_id_pk" PRIMARY KEY("key","id")
);
