-- What an operator told the classes of jobs, which holds for every worker until it is told otherwise; and how they did,
-- minute by minute, counted up from the history.

CREATE TABLE "job_classes" (
  "class" text PRIMARY KEY NOT NULL,
  "state" text DEFAULT 'running' NOT NULL,
  "concurrency" integer,
  "changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "job_minutes" (
  "at" timestamp (3) with time zone NOT NULL,
  "class" text NOT NULL,
  "runs" integer NOT NULL,
  "failed" integer NOT NULL,
  "wait_ms" real[] NOT NULL,
  "run_ms" real[] NOT NULL,
  "measured_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "job_minutes_at_class_pk" PRIMARY KEY("at","class")
);

-- When a run could have begun: what it waited is counted from then, not from when its job was written.
ALTER TABLE "job_runs" ADD COLUMN "due_at" timestamp (3) with time zone;
CREATE INDEX "job_runs_trace" ON "job_runs" USING btree ("trace_id") WHERE trace_id is not null;
CREATE INDEX "job_audit_subject" ON "job_audit" USING btree ("subject","at","id");
