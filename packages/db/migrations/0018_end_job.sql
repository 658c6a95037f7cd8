-- A job ends by its row being gone, in the transaction of its effect. Whoever comes too late must not commit: so it is
-- an error, which takes the transaction with it even if nobody waits for the answer. The plan is kept by each session
-- and has to do for an outbox of any size, so it may neither be made for the few rows that there are at first nor use an
-- index of all that are not dead, which to Postgres looks as good as the key while it knows of no rows.
CREATE FUNCTION "end_job"("owner" bigint, "job" uuid, "run" integer) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM outbox WHERE owner_id = owner AND id = job AND attempts = run AND coalesce(dead_at, 'infinity') = 'infinity';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % of job % comes too late', run, job USING ERRCODE = 'TTJ01';
  END IF;
END $$;
