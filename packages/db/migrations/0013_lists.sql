-- Lists of accounts, kept by whoever follows them, each with a timeline of its own. Everything of a list belongs to its
-- owner. A list that is exclusive takes its members off the owner's home timeline: whether a followee is on it stands
-- with the edge, where every read of a post looks anyway.

CREATE TABLE "lists" (
  "owner_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "title" text NOT NULL,
  "replies_policy" text DEFAULT 'list' NOT NULL,
  "exclusive" boolean DEFAULT false NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "lists_owner_id_id_pk" PRIMARY KEY("owner_id","id")
);
CREATE TABLE "list_members" (
  "owner_id" bigint NOT NULL,
  "list_id" bigint NOT NULL,
  "account_id" bigint NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "list_members_owner_id_list_id_account_id_pk" PRIMARY KEY("owner_id","list_id","account_id")
);
CREATE INDEX "list_members_account" ON "list_members" USING btree ("owner_id","account_id");

ALTER TABLE "follows" ADD COLUMN "home" boolean DEFAULT true NOT NULL;
