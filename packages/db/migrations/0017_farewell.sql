-- What a member takes back. An account that its member deleted is gone for everybody once `deleted_at` is set; its row
-- stays, with nothing in it but the name, which nobody gets again. `erased_at`: since when nothing else of it is left.
ALTER TABLE "accounts" ADD COLUMN "deleted_at" timestamp (3) with time zone;
ALTER TABLE "accounts" ADD COLUMN "erased_at" timestamp (3) with time zone;
CREATE INDEX "authorization_codes_account" ON "authorization_codes" USING btree ("account_id");

-- What an edited post said before, version by version.
CREATE TABLE "post_revisions" (
  "owner_id" bigint NOT NULL,
  "post_id" bigint NOT NULL,
  "revision" integer NOT NULL,
  "caption" text NOT NULL,
  "spoiler_text" text NOT NULL,
  "sensitive" boolean NOT NULL,
  "photos" jsonb NOT NULL,
  "created_at" timestamp (3) with time zone NOT NULL,
  CONSTRAINT "post_revisions_owner_id_post_id_revision_pk" PRIMARY KEY("owner_id","post_id","revision")
);
