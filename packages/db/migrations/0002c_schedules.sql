-- What is to be done at certain times: one row a schedule, whose `next_at` is moved on by whoever starts a run, so that
-- of any number of processes one does; and what became of each time.

CREATE TABLE "schedules" (
  "name" text PRIMARY KEY NOT NULL,
  "spec" text NOT NULL,
  "next_at" timestamp (3) with time zone NOT NULL,
  "paused_at" timestamp (3) with time zone,
  "wanted_by" bigint,
  "last_job" uuid,
  "declared_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "schedule_runs" (
  "schedule" text NOT NULL,
  "planned_at" timestamp (3) with time zone NOT NULL,
  "id" uuid DEFAULT gen_random_uuid() NOT NULL,
  "cause" text NOT NULL,
  "outcome" text NOT NULL,
  "job_id" uuid,
  "at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "schedule_runs_schedule_planned_at_id_pk" PRIMARY KEY("schedule","planned_at","id")
);

-- What the sweeps look for.
CREATE INDEX "media_unused" ON "media" USING btree ("created_at") WHERE post_id is null and purpose = 'post';
CREATE INDEX "authorization_codes_expiry" ON "authorization_codes" USING btree ("expires_at");
CREATE INDEX "access_tokens_expiry" ON "access_tokens" USING btree ("expires_at") WHERE expires_at is not null;
CREATE INDEX "access_tokens_revoked" ON "access_tokens" USING btree ("created_at") WHERE revoked;
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("created_at");
