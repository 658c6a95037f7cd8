-- What the sweep of avatars and headers that nothing shows looks for.
CREATE INDEX "media_portraits" ON "media" USING btree ("created_at") WHERE purpose <> 'post';
