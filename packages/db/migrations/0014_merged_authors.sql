-- Authors with so many followers that their posts are not pushed to each, but merged when a timeline is read, and until
-- when. The epoch rises whenever there is a new one: what readers remember of whom to merge is void then.

CREATE TABLE "merged_authors" (
  "account_id" bigint PRIMARY KEY NOT NULL,
  "until" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "instance" ADD COLUMN "merge_epoch" integer DEFAULT 0 NOT NULL;
