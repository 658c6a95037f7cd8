-- Archives of everything that a member has put here, and where their files lie. How far one is stands in the run of its
-- workflow.

CREATE TABLE "account_exports" (
  "owner_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "run_id" uuid NOT NULL,
  "attempt" integer,
  "bytes" bigint,
  "posts" integer,
  "photos" integer,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "ready_at" timestamp (3) with time zone,
  "expires_at" timestamp (3) with time zone,
  "removed_at" timestamp (3) with time zone,
  CONSTRAINT "account_exports_owner_id_id_pk" PRIMARY KEY("owner_id","id")
);
CREATE INDEX "account_exports_kept" ON "account_exports" USING btree ("created_at") WHERE removed_at is null;
