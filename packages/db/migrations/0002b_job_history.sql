-- What became of each run of a job, by the day on which it ended; and who did what to jobs by hand.

ALTER TABLE "outbox" ADD COLUMN "started_at" timestamp (3) with time zone;
ALTER TABLE "outbox" ADD COLUMN "worker" text;
ALTER TABLE "outbox" ADD COLUMN "trace_id" text;

CREATE TABLE "job_runs" (
  "finished_at" timestamp (3) with time zone NOT NULL,
  "id" uuid NOT NULL,
  "job_id" uuid NOT NULL,
  "owner_id" bigint NOT NULL,
  "name" text NOT NULL,
  "class" text NOT NULL,
  "attempt" integer NOT NULL,
  "state" text NOT NULL,
  "queued_at" timestamp (3) with time zone NOT NULL,
  "started_at" timestamp (3) with time zone,
  "worker" text,
  "error" text,
  "trace_id" text,
  CONSTRAINT "job_runs_finished_at_id_pk" PRIMARY KEY("finished_at","id")
) PARTITION BY RANGE ("finished_at");
CREATE INDEX "job_runs_name" ON "job_runs" USING btree ("name","finished_at","id");
CREATE INDEX "job_runs_class" ON "job_runs" USING btree ("class","finished_at","id");
CREATE INDEX "job_runs_owner" ON "job_runs" USING btree ("owner_id","finished_at","id");
CREATE INDEX "job_runs_job" ON "job_runs" USING btree ("job_id");
CREATE INDEX "job_runs_trouble" ON "job_runs" USING btree ("state","finished_at","id") WHERE state <> 'done';

CREATE TABLE "job_audit" (
  "at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "id" uuid DEFAULT gen_random_uuid() NOT NULL,
  "actor_id" bigint NOT NULL,
  "action" text NOT NULL,
  "subject" text NOT NULL,
  "detail" jsonb NOT NULL,
  CONSTRAINT "job_audit_at_id_pk" PRIMARY KEY("at","id")
);

-- Partitions are made when the first run of a day is to be written, and by nobody but these two functions. A partition
-- is made apart and then attached: that keeps nobody from reading or writing the others.
CREATE FUNCTION "prepare_job_runs"("first" date, "last" date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  day date;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(8346102);
  FOR day IN SELECT generate_series(first, least(last, first + 7), interval '1 day')::date LOOP
    part := 'job_runs_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE job_runs INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE job_runs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part,
      day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
  END LOOP;
END $$;

CREATE FUNCTION "drop_job_runs"("before" date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part text;
BEGIN
  SELECT c.relname INTO part FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'job_runs'::regclass AND c.relname < 'job_runs_' || to_char(before, 'YYYYMMDD')
  ORDER BY c.relname LIMIT 1;
  IF part IS NOT NULL THEN EXECUTE format('DROP TABLE %I', part); END IF;
  RETURN part;
END $$;
