-- Ends jobs that no run has begun, as whoever committed them has done them at once. One that a worker has begun meanwhile
-- is left to it. The plan is one for an outbox of any size, and finds the rows by their key (see `end_job`).
CREATE FUNCTION "end_unbegun"("owners" bigint[], "jobs" uuid[])
RETURNS TABLE ("id" uuid, "trace_id" text, "created_ms" double precision, "now_ms" double precision)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY DELETE FROM outbox AS job
  WHERE job.owner_id = ANY (owners) AND job.id = ANY (jobs) AND job.attempts = 0
    AND coalesce(job.dead_at, 'infinity') = 'infinity'
  RETURNING job.id, job.trace_id, extract(epoch FROM job.created_at)::float8 * 1000, extract(epoch FROM clock_timestamp())::float8 * 1000;
END $$;
