-- The first schema. Ids are made here, as Instagram laid them out: milliseconds since 2025-01-01, 13 bits for the
-- owner's shard, 10 bits of sequence. One row a shard keeps the last one given, so that within a shard they only
-- ever rise, whatever the clock does; the row's lock lasts as long as the transaction that makes the id, and a
-- shard belongs to few owners.

CREATE TABLE "id_shards" (
  "shard" integer PRIMARY KEY NOT NULL,
  "last" bigint NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION "next_id"("of_shard" integer) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  INSERT INTO id_shards AS s (shard, last)
  VALUES (of_shard, (extract(epoch FROM clock_timestamp()) * 1000 - 1735689600000)::bigint << 10)
  ON CONFLICT (shard) DO UPDATE SET last = greatest(s.last + 1, excluded.last)
  RETURNING (s.last >> 10 << 23) | (of_shard::bigint << 10) | (s.last & 1023)
$$;

CREATE TABLE "accounts" (
  "id" bigint PRIMARY KEY NOT NULL,
  "username" text NOT NULL,
  "display_name" text DEFAULT '' NOT NULL,
  "note" text DEFAULT '' NOT NULL,
  "role" text DEFAULT 'member' NOT NULL,
  "avatar" jsonb,
  "header" jsonb,
  "default_visibility" text DEFAULT 'public' NOT NULL,
  "discoverable" boolean DEFAULT true NOT NULL,
  "statuses_count" integer DEFAULT 0 NOT NULL,
  "followers_count" integer DEFAULT 0 NOT NULL,
  "following_count" integer DEFAULT 0 NOT NULL,
  "last_post_on" date,
  "graph_version" integer DEFAULT 1 NOT NULL,
  "version" integer DEFAULT 1 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "counter_deltas" (
  "owner_id" bigint NOT NULL,
  "subject_id" bigint NOT NULL,
  "sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "counter_deltas_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
  "delta" integer NOT NULL,
  CONSTRAINT "counter_deltas_owner_id_subject_id_sequence_pk" PRIMARY KEY("owner_id","subject_id","sequence")
);
CREATE TABLE "instance" (
  "id" integer PRIMARY KEY NOT NULL,
  "first_admin_id" bigint
);
CREATE TABLE "usernames" (
  "name" text PRIMARY KEY NOT NULL,
  "account_id" bigint NOT NULL
);
CREATE TABLE "access_tokens" (
  "token_hash" text PRIMARY KEY NOT NULL,
  "app_id" bigint NOT NULL,
  "account_id" bigint,
  "scopes" text[] NOT NULL,
  "revoked" boolean DEFAULT false NOT NULL,
  "expires_at" timestamp (3) with time zone,
  "version" integer DEFAULT 1 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "apps" (
  "id" bigint PRIMARY KEY NOT NULL,
  "client_id" text NOT NULL,
  "client_secret_hash" text NOT NULL,
  "name" text NOT NULL,
  "website" text,
  "redirect_uris" text[] NOT NULL,
  "scopes" text[] NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "apps_client_id_unique" UNIQUE("client_id")
);
CREATE TABLE "authorization_codes" (
  "code_hash" text PRIMARY KEY NOT NULL,
  "app_id" bigint NOT NULL,
  "account_id" bigint NOT NULL,
  "redirect_uri" text NOT NULL,
  "scopes" text[] NOT NULL,
  "code_challenge" text,
  "expires_at" timestamp (3) with time zone NOT NULL,
  "token_hash" text,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "credentials" (
  "account_id" bigint PRIMARY KEY NOT NULL,
  "email" text NOT NULL,
  "password_hash" text NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "emails" (
  "email" text PRIMARY KEY NOT NULL,
  "account_id" bigint NOT NULL
);
CREATE TABLE "media" (
  "owner_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "purpose" text NOT NULL,
  "state" text DEFAULT 'queued' NOT NULL,
  "failure" text,
  "attempt" integer DEFAULT 0 NOT NULL,
  "ready_attempt" integer,
  "original_sha256" text NOT NULL,
  "original_bytes" integer NOT NULL,
  "original_type" text NOT NULL,
  "original_width" integer,
  "original_height" integer,
  "width" integer,
  "height" integer,
  "blurhash" text,
  "animated" boolean DEFAULT false NOT NULL,
  "description" text,
  "focus_x" double precision DEFAULT 0 NOT NULL,
  "focus_y" double precision DEFAULT 0 NOT NULL,
  "post_id" bigint,
  "position" integer DEFAULT 0 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "media_owner_id_id_pk" PRIMARY KEY("owner_id","id")
);
CREATE TABLE "outbox" (
  "owner_id" bigint NOT NULL,
  "id" uuid NOT NULL,
  "name" text NOT NULL,
  "payload" jsonb NOT NULL,
  "due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "resend_at" timestamp (3) with time zone DEFAULT now() + interval '2 seconds' NOT NULL,
  "attempts" integer DEFAULT 0 NOT NULL,
  "failures" integer DEFAULT 0 NOT NULL,
  "unreported" integer DEFAULT 0 NOT NULL,
  "last_error" text,
  "dead_at" timestamp (3) with time zone,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "outbox_owner_id_id_pk" PRIMARY KEY("owner_id","id")
);
CREATE TABLE "queue_epoch" (
  "id" integer PRIMARY KEY NOT NULL,
  "value" uuid DEFAULT gen_random_uuid() NOT NULL
);
CREATE TABLE "favourites" (
  "owner_id" bigint NOT NULL,
  "post_id" bigint NOT NULL,
  "account_id" bigint NOT NULL,
  "active" boolean NOT NULL,
  "version" integer DEFAULT 1 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "favourites_owner_id_post_id_account_id_pk" PRIMARY KEY("owner_id","post_id","account_id")
);
CREATE TABLE "idempotency_keys" (
  "account_id" bigint NOT NULL,
  "key" text NOT NULL,
  "request_hash" text NOT NULL,
  "post_id" bigint NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "idempotency_keys_account_id_key_pk" PRIMARY KEY("account_id","key")
);
CREATE TABLE "post_owners" (
  "post_id" bigint PRIMARY KEY NOT NULL,
  "owner_id" bigint NOT NULL
);
CREATE TABLE "posts" (
  "owner_id" bigint NOT NULL,
  "id" bigint NOT NULL,
  "caption" text NOT NULL,
  "visibility" text NOT NULL,
  "sensitive" boolean NOT NULL,
  "spoiler_text" text NOT NULL,
  "language" text,
  "application" jsonb,
  "mentions" jsonb NOT NULL,
  "tags" text[] NOT NULL,
  "favourites_count" integer DEFAULT 0 NOT NULL,
  "version" integer DEFAULT 1 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "edited_at" timestamp (3) with time zone,
  CONSTRAINT "posts_owner_id_id_pk" PRIMARY KEY("owner_id","id")
);
CREATE TABLE "followers" (
  "followee_id" bigint NOT NULL,
  "follower_id" bigint NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "followers_followee_id_follower_id_pk" PRIMARY KEY("followee_id","follower_id")
);
CREATE TABLE "follows" (
  "follower_id" bigint NOT NULL,
  "followee_id" bigint NOT NULL,
  "active" boolean NOT NULL,
  "version" integer DEFAULT 1 NOT NULL,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "follows_follower_id_followee_id_pk" PRIMARY KEY("follower_id","followee_id")
);
CREATE INDEX "media_post" ON "media" USING btree ("owner_id","post_id");
CREATE INDEX "outbox_resend" ON "outbox" USING btree ("resend_at") WHERE dead_at is null;
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("account_id","created_at");

INSERT INTO "instance" ("id") VALUES (1);
