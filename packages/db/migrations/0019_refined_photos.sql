-- A photo is ready when its JPEGs are there; its AVIF follow when there is time. NULL: they are there, as they are of all
-- photos from before. Else the moment from which somebody may make them: a worker that does so puts it off.

ALTER TABLE "media" ADD COLUMN "refine_at" timestamp (3) with time zone;
CREATE INDEX "media_unrefined" ON "media" USING btree ("refine_at") WHERE refine_at is not null;
