-- Events in an order that readers outside can follow. "ordinal" is taken when the row is written, under the lock of what it
-- is about; "position" is given later, to committed rows only, in the order of their ordinals and by one process at a time,
-- so that nothing ever appears below a position that was read. Rows from before have no ordinal and go first, by their time;
-- 0 is a position outside of the feed, for history that was brought in.
CREATE SEQUENCE "public"."event_ordinals" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "ordinal" bigint;
--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "ordinal" SET DEFAULT nextval('event_ordinals');
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "position" bigint;
--> statement-breakpoint
CREATE INDEX "events_unnumbered_idx" ON "events" USING btree ("ordinal") WHERE "events"."position" is null and "events"."ordinal" is not null;
--> statement-breakpoint
CREATE INDEX "events_unnumbered_old_idx" ON "events" USING btree ("created_at","id") WHERE "events"."position" is null and "events"."ordinal" is null;
--> statement-breakpoint
CREATE UNIQUE INDEX "events_position_unique" ON "events" USING btree ("position") WHERE "events"."position" > 0;
--> statement-breakpoint
CREATE TABLE "event_feed" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"last_position" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "event_feed_is_one_row" CHECK ("event_feed"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "event_feed" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "event_feed" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "event_feed" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT USAGE ON SEQUENCE "event_ordinals" TO parley_customer;
--> statement-breakpoint
-- As before, and no position: customers number nothing.
ALTER POLICY "customer_insert" ON "events"
  WITH CHECK ("position" IS NULL
    AND ("published_at" IS NULL OR "type" IN ('ticket_link.created', 'ticket_link.revoked'))
    AND (("actor_kind" = 'customer' AND "actor_id" = current_customer_id()) OR ("actor_kind" IN ('visitor', 'system') AND "actor_id" IS NULL))
    AND ("ticket_id" IS NULL OR "ticket_id" = ANY ((SELECT current_ticket_ids())::uuid[]))
    AND ("conversation_id" IS NULL OR "conversation_id" = ANY ((SELECT current_conversation_ids())::uuid[]))
    AND ("subject_id" IS NULL OR "subject_id" = current_customer_id()));
--> statement-breakpoint
-- A restored database has lost events that somebody read. Their positions are never given again: a new epoch begins far
-- above all that were, by the clock, since the restored rows do not know how far the feed had come.
CREATE FUNCTION skip_event_positions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event_feed (id, last_position) VALUES (1, floor(extract(epoch FROM clock_timestamp()))::bigint * 1000000)
  ON CONFLICT (id) DO UPDATE SET last_position = greatest(event_feed.last_position + 1, excluded.last_position);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "workspace_new_epoch" AFTER UPDATE OF "epoch" ON "workspace" FOR EACH ROW
  WHEN (OLD."epoch" IS DISTINCT FROM NEW."epoch") EXECUTE FUNCTION skip_event_positions();
