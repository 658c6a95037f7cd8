-- A job ends by its row being gone, in the transaction of its effect. Whoever comes too late must not commit: so it is
-- an error, which takes the transaction with it even if nobody waits for the answer. The plan is kept by each session
-- and has to do for an outbox of any size, so it may not be made for the few rows that there are at first.
CREATE FUNCTION "end_job"("owner" bigint, "job" uuid, "run" integer) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM outbox WHERE owner_id = owner AND id = job AND attempts = run AND dead_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % of job % comes too late', run, job USING ERRCODE = 'TTJ01';
  END IF;
END $$;
