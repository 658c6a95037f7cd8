-- Runs of workflows: the graph of a run as it was declared when it began, how far each step is, and the items of steps
-- that go over a list. Who changes a run holds its row, so that of the parents of a step the last one starts it.

CREATE TABLE "workflow_runs" (
  "owner_id" bigint NOT NULL,
  "id" uuid NOT NULL,
  "name" text NOT NULL,
  "state" text DEFAULT 'running' NOT NULL,
  "outcome" text,
  "input" jsonb NOT NULL,
  "unique_key" text,
  "error" text,
  "trace_id" text,
  "sequence" integer DEFAULT 0 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "ended_at" timestamp (3) with time zone,
  CONSTRAINT "workflow_runs_owner_id_id_pk" PRIMARY KEY("owner_id","id")
);
CREATE UNIQUE INDEX "workflow_runs_unique" ON "workflow_runs" USING btree ("owner_id","name","unique_key") WHERE unique_key is not null and ended_at is null;
CREATE INDEX "workflow_runs_newest" ON "workflow_runs" USING btree ("created_at","id");
CREATE INDEX "workflow_runs_name" ON "workflow_runs" USING btree ("name","created_at","id");
CREATE INDEX "workflow_runs_state" ON "workflow_runs" USING btree ("state","created_at","id");
CREATE INDEX "workflow_runs_ended" ON "workflow_runs" USING btree ("ended_at") WHERE ended_at is not null;

CREATE TABLE "workflow_steps" (
  "owner_id" bigint NOT NULL,
  "run_id" uuid NOT NULL,
  "step" text NOT NULL,
  "position" integer NOT NULL,
  "spec" jsonb NOT NULL,
  "state" text DEFAULT 'waiting' NOT NULL,
  "result" jsonb,
  "signal" jsonb,
  "error" text,
  "job_id" uuid,
  "sequence" integer,
  "attempts" integer DEFAULT 0 NOT NULL,
  "items_total" integer,
  "items_done" integer DEFAULT 0 NOT NULL,
  "items_active" integer DEFAULT 0 NOT NULL,
  "result_bytes" integer DEFAULT 0 NOT NULL,
  "progress_done" bigint,
  "progress_total" bigint,
  "queued_at" timestamp (3) with time zone,
  "started_at" timestamp (3) with time zone,
  "ended_at" timestamp (3) with time zone,
  CONSTRAINT "workflow_steps_owner_id_run_id_step_pk" PRIMARY KEY("owner_id","run_id","step")
);
CREATE INDEX "workflow_steps_going" ON "workflow_steps" USING btree ("queued_at") WHERE job_id is not null and state in ('queued', 'sleeping', 'listening', 'undoing');

CREATE TABLE "workflow_items" (
  "owner_id" bigint NOT NULL,
  "run_id" uuid NOT NULL,
  "step" text NOT NULL,
  "index" integer NOT NULL,
  "value" jsonb NOT NULL,
  "state" text DEFAULT 'waiting' NOT NULL,
  "result" jsonb,
  "error" text,
  "job_id" uuid,
  "sequence" integer,
  "attempts" integer DEFAULT 0 NOT NULL,
  "queued_at" timestamp (3) with time zone,
  "started_at" timestamp (3) with time zone,
  "ended_at" timestamp (3) with time zone,
  CONSTRAINT "workflow_items_owner_id_run_id_step_index_pk" PRIMARY KEY("owner_id","run_id","step","index")
);
CREATE INDEX "workflow_items_waiting" ON "workflow_items" USING btree ("owner_id","run_id","step","index") WHERE state = 'waiting';
CREATE INDEX "workflow_items_undo" ON "workflow_items" USING btree ("owner_id","run_id","sequence") WHERE state = 'done';
CREATE INDEX "workflow_items_going" ON "workflow_items" USING btree ("queued_at") WHERE job_id is not null and state in ('queued', 'undoing');
