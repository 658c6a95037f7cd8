-- Blocks and mutes stand with the edge that a follow stands on: one row says all of how an account stands to another
-- one, under one version, and whoever reads a post reads one row. Who is blocked has a row as well, under their own id.
-- The ids are those of the blocks and mutes themselves: their order in the member's lists.

ALTER TABLE "follows" ADD COLUMN "block_id" bigint;
ALTER TABLE "follows" ADD COLUMN "blocked_by" boolean DEFAULT false NOT NULL;
ALTER TABLE "follows" ADD COLUMN "mute_id" bigint;
ALTER TABLE "follows" ADD COLUMN "mute_notifications" boolean DEFAULT true NOT NULL;
ALTER TABLE "follows" ADD COLUMN "muted_until" timestamp (3) with time zone;
