-- Counts one run before it begins, as `begin_jobs` does for many. Its start waits for this: one value is answered in two
-- thirds of the time that a set of rows takes, which has to be kept and described first. Null where nothing is to begin.
-- With `soon` the answer does not wait for the disk.
CREATE FUNCTION "begin_job"("owner" bigint, "job" uuid, "process" text, "early_ms" integer, "soon" boolean) RETURNS json
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  run json;
BEGIN
  IF soon THEN
    PERFORM set_config('synchronous_commit', 'off', true);
  END IF;
  UPDATE outbox
  SET attempts = attempts + 1, unreported = unreported + 1, started_at = now(), worker = process,
    joinable = CASE WHEN unique_key IS NULL THEN NULL ELSE false END
  WHERE owner_id = owner AND id = job AND coalesce(dead_at, 'infinity') = 'infinity'
    AND due_at <= now() + early_ms * interval '1 millisecond' AND unreported = 0
  RETURNING json_build_object('id', id, 'attempts', attempts, 'failures', failures, 'unreported', unreported,
    'last_error', last_error, 'payload', payload, 'unique_key', unique_key, 'trace_id', trace_id,
    'trace_parent', trace_parent, 'worker', worker, 'started_at', started_at, 'created_at', created_at, 'due_at', due_at)
  INTO run;
  RETURN run;
END $$;
