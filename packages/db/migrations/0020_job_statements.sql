-- What is done for every job. To read and to plan such a statement takes Postgres longer than to do it, so that each
-- session keeps the plans, as it does of `end_job`.

-- Writes a job that may begin at once and has no key.
CREATE FUNCTION "put_job"("owner" bigint, "job" uuid, "job_name" text, "job_class" text, "content" jsonb, "trace" text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (owner_id, id, name, class, payload, trace_id) VALUES (owner, job, job_name, job_class, content, trace);
END $$;

-- Counts runs before they begin. The plan is one for an outbox of any size and for any number of keys, and finds the rows
-- by their key (see `end_job`). Owners and ids are given apart, as ids are nobody else's.
CREATE FUNCTION "begin_jobs"("owners" bigint[], "jobs" uuid[], "process" text, "early_ms" integer)
RETURNS TABLE ("id" uuid, "attempts" integer, "failures" integer, "unreported" integer, "last_error" text, "payload" jsonb,
  "unique_key" text, "trace_id" text, "trace_parent" text, "worker" text, "started_at" timestamptz, "created_at" timestamptz,
  "due_at" timestamptz)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY UPDATE outbox AS job
  SET attempts = job.attempts + 1, unreported = job.unreported + 1, started_at = now(), worker = process,
    joinable = CASE WHEN job.unique_key IS NULL THEN NULL ELSE false END
  WHERE job.owner_id = ANY (owners) AND job.id = ANY (jobs) AND coalesce(job.dead_at, 'infinity') = 'infinity'
    AND job.due_at <= now() + early_ms * interval '1 millisecond' AND job.unreported = 0
  RETURNING job.id, job.attempts, job.failures, job.unreported, job.last_error, job.payload, job.unique_key, job.trace_id,
    job.trace_parent, job.worker, job.started_at, job.created_at, job.due_at;
END $$;
