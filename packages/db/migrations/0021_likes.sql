-- A like or its taking back, in one statement whose plans each session keeps: its parts, sent one by one, took Postgres
-- and those who send them several times as long. The plans have to do for tables of any size, so they may not be made
-- for the few rows that there are at first.
CREATE FUNCTION "set_favourite"("owner" bigint, "post" bigint, "member" bigint, "wanted" boolean,
  -- What is not there: `member` or `post`. Nothing was written then.
  OUT "lacking" text,
  -- The mark's new version; null where it stood like that already.
  OUT "raised" integer,
  -- The folded count and what is noted but not folded yet.
  OUT "favourites" integer,
  OUT "bookmarked" boolean)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  PERFORM FROM accounts WHERE id = member AND deleted_at IS NULL FOR KEY SHARE;
  IF NOT FOUND THEN lacking := 'member'; RETURN; END IF;
  PERFORM FROM posts WHERE owner_id = owner AND id = post FOR KEY SHARE;
  IF NOT FOUND THEN lacking := 'post'; RETURN; END IF;
  IF wanted THEN
    INSERT INTO favourites AS mark (owner_id, post_id, account_id, active) VALUES (owner, post, member, true)
    ON CONFLICT (owner_id, post_id, account_id) DO UPDATE
      SET active = true, version = mark.version + 1, created_at = now() WHERE NOT mark.active
    RETURNING mark.version INTO raised;
    IF raised IS NOT NULL THEN
      INSERT INTO likes (account_id, id, post_id, owner_id)
      VALUES (member, next_id((member >> 10 & 8191)::int), post, owner) ON CONFLICT DO NOTHING;
    END IF;
  ELSE
    UPDATE favourites AS mark SET active = false, version = mark.version + 1, created_at = now()
    WHERE owner_id = owner AND post_id = post AND account_id = member AND active
    RETURNING mark.version INTO raised;
    IF raised IS NOT NULL THEN
      DELETE FROM likes WHERE account_id = member AND post_id = post;
    END IF;
  END IF;
  IF raised IS NOT NULL THEN
    INSERT INTO counter_deltas (owner_id, subject_id, delta) VALUES (owner, post, CASE WHEN wanted THEN 1 ELSE -1 END);
  END IF;
  SELECT
    favourites_count + coalesce((SELECT sum(delta) FROM counter_deltas WHERE owner_id = owner AND subject_id = post), 0),
    EXISTS (SELECT FROM bookmarks WHERE account_id = member AND post_id = post AND active)
  INTO favourites, bookmarked FROM posts WHERE owner_id = owner AND id = post;
END $$;
