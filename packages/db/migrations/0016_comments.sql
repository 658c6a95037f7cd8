-- Comments are posts that answer another one. A post that answers none has all of this empty. `has_photos` and `in_feeds`
-- say on which lists of posts it belongs; `audience_id` whose followers may see it, where it is not its own author's.
ALTER TABLE "posts"
  ADD COLUMN "replies_count" integer DEFAULT 0 NOT NULL,
  ADD COLUMN "has_photos" boolean DEFAULT true NOT NULL,
  ADD COLUMN "in_feeds" boolean DEFAULT true NOT NULL,
  ADD COLUMN "in_reply_to_id" bigint,
  ADD COLUMN "in_reply_to_account_id" bigint,
  ADD COLUMN "thread_owner_id" bigint,
  ADD COLUMN "thread_id" bigint,
  ADD COLUMN "audience_id" bigint;

-- The same comments under the owner of the post that began the thread, oldest first, and by what they answer.
CREATE TABLE "comments" (
  "owner_id" bigint NOT NULL,
  "post_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "parent_id" bigint NOT NULL,
  "account_id" bigint NOT NULL,
  "counted" boolean NOT NULL,
  CONSTRAINT "comments_owner_id_post_id_id_pk" PRIMARY KEY("owner_id","post_id","id")
);
CREATE INDEX "comments_answers" ON "comments" USING btree ("owner_id","post_id","parent_id","id");

-- Apart from the notes of likes, which a release from before adds up without asking what they are of.
CREATE TABLE "reply_deltas" (
  "owner_id" bigint NOT NULL,
  "subject_id" bigint NOT NULL,
  "sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "reply_deltas_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
  "delta" integer NOT NULL,
  CONSTRAINT "reply_deltas_owner_id_subject_id_sequence_pk" PRIMARY KEY("owner_id","subject_id","sequence")
);
