ALTER TABLE "search_progress" ADD COLUMN "words" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- For the words that go on from a beginning, whatever order the database itself sorts in.
CREATE INDEX "search_words_beginning_idx" ON "search_words" USING btree ("word" COLLATE "C");
