CREATE TABLE "ratings" (
	"conversation_id" uuid NOT NULL,
	"resolve_id" uuid NOT NULL,
	"score" smallint NOT NULL,
	"comment" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ratings_pkey" PRIMARY KEY("conversation_id","resolve_id"),
	CONSTRAINT "ratings_score_check" CHECK ("ratings"."score" between 1 and 5),
	CONSTRAINT "ratings_comment_check" CHECK (char_length("ratings"."comment") between 1 and 1000)
);
--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_resolve_fk" FOREIGN KEY ("conversation_id","resolve_id") REFERENCES "public"."messages"("conversation_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "widgets" ADD COLUMN "pre_chat" jsonb DEFAULT '{}'::jsonb NOT NULL;
--> statement-breakpoint
ALTER TABLE "widgets" ADD COLUMN "asks_rating" boolean DEFAULT true NOT NULL;
--> statement-breakpoint
-- How fast first replies were at this hour of the day: read newest first, as far as it takes.
CREATE INDEX "tickets_reply_times_idx" ON "tickets" USING btree ("widget_id",(extract(hour from "created_at" at time zone 'UTC')),"created_at" DESC) WHERE "tickets"."first_replied_at" is not null;
--> statement-breakpoint
ALTER TABLE "ratings" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "ratings" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "ratings" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
-- One for each time that their own conversation was resolved, theirs to change for a day.
GRANT SELECT ON "ratings" TO parley_customer;
--> statement-breakpoint
GRANT INSERT ("conversation_id", "resolve_id", "score", "comment") ON "ratings" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("score", "comment", "changed_at") ON "ratings" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "ratings" FOR SELECT TO parley_customer
  USING ("conversation_id" = ANY ((SELECT current_conversation_ids())::uuid[]));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "ratings" FOR INSERT TO parley_customer
  WITH CHECK ("conversation_id" = ANY ((SELECT current_conversation_ids())::uuid[])
    AND EXISTS (
      SELECT FROM "messages" m WHERE m."conversation_id" = "ratings"."conversation_id" AND m."id" = "ratings"."resolve_id"
        AND m."kind" = 'event' AND m."change" ->> 'field' = 'status' AND m."change" ->> 'to' = 'resolved'
    ));
--> statement-breakpoint
CREATE POLICY "customer_update" ON "ratings" FOR UPDATE TO parley_customer
  USING ("conversation_id" = ANY ((SELECT current_conversation_ids())::uuid[]) AND "created_at" > now() - interval '1 day')
  WITH CHECK ("conversation_id" = ANY ((SELECT current_conversation_ids())::uuid[]));
--> statement-breakpoint
-- Beside a reply and the reopening that it causes, a customer adds to the log that they rated it, which staff read.
ALTER POLICY "customer_insert" ON "messages"
  WITH CHECK (("customer_id" = current_customer_id() OR ("kind" = 'event' AND "is_system"))
    AND (
      ("kind" = 'reply' AND "public_seq" IS NOT NULL)
      OR ("kind" = 'event' AND "change" ->> 'field' = 'status' AND "change" ->> 'to' = 'open')
      OR ("kind" = 'event' AND "change" ->> 'field' = 'rating' AND "public_seq" IS NULL AND NOT "is_system")
    )
    AND EXISTS (
      SELECT FROM "conversations" c
      WHERE c."id" = "messages"."conversation_id"
        AND "messages"."seq" BETWEEN c."last_seq" + 1 AND c."last_seq" + 2
        AND ("messages"."public_seq" IS NULL
          OR "messages"."public_seq" BETWEEN c."last_public_seq" + 1 AND c."last_public_seq" + 2)
    ));
