-- Files that people send. A row comes before its bytes are kept, so that whatever a crash leaves behind is known. Until a
-- message takes it a file is its sender's own: a customer's, an agent's, or that of a visitor whom the hash of their
-- future session names. A message that goes takes its hold away: what nobody holds is collected, bytes and row.
ALTER TABLE "messages" ADD COLUMN "file_count" smallint DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE TABLE "files" (
  "id" uuid PRIMARY KEY NOT NULL,
  "key" text NOT NULL,
  "name" text NOT NULL,
  "type" text NOT NULL,
  "bytes" bigint NOT NULL,
  "width" integer,
  "height" integer,
  "state" text DEFAULT 'arriving' NOT NULL,
  "thumbnail" text DEFAULT 'none' NOT NULL,
  "customer_id" uuid,
  "agent_id" uuid,
  "visitor_hash" text,
  "widget_id" uuid,
  "conversation_id" uuid,
  "message_id" uuid,
  "position" smallint,
  "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
  "released_at" timestamp (3) with time zone,
  "tried_at" timestamp (3) with time zone,
  "tries" smallint DEFAULT 0 NOT NULL,
  CONSTRAINT "files_key_unique" UNIQUE("key"),
  CONSTRAINT "files_state_check" CHECK ("files"."state" in ('arriving', 'stored')),
  CONSTRAINT "files_thumbnail_check" CHECK ("files"."thumbnail" in ('none', 'waiting', 'ready', 'failed')),
  CONSTRAINT "files_one_sender" CHECK (num_nonnulls("files"."customer_id", "files"."agent_id", "files"."visitor_hash") <= 1),
  CONSTRAINT "files_whole_message" CHECK (num_nonnulls("files"."conversation_id", "files"."message_id") in (0, 2)),
  CONSTRAINT "files_bytes_positive" CHECK ("files"."bytes" > 0)
);
--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_widget_id_widgets_id_fk" FOREIGN KEY ("widget_id") REFERENCES "public"."widgets"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_message_fk" FOREIGN KEY ("conversation_id", "message_id") REFERENCES "public"."messages"("conversation_id", "id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "files_message_unique" ON "files" USING btree ("conversation_id","message_id","position") WHERE "files"."message_id" is not null;
--> statement-breakpoint
CREATE INDEX "files_customer_idx" ON "files" USING btree ("customer_id");
--> statement-breakpoint
CREATE INDEX "files_visitor_idx" ON "files" USING btree ("visitor_hash") WHERE "files"."visitor_hash" is not null;
--> statement-breakpoint
CREATE INDEX "files_agent_idx" ON "files" USING btree ("agent_id");
--> statement-breakpoint
CREATE INDEX "files_widget_idx" ON "files" USING btree ("widget_id","created_at");
--> statement-breakpoint
CREATE INDEX "files_loose_idx" ON "files" USING btree ("created_at") WHERE "files"."message_id" is null;
--> statement-breakpoint
CREATE INDEX "files_thumbnail_idx" ON "files" USING btree ("tried_at","id") WHERE "files"."thumbnail" = 'waiting';
--> statement-breakpoint
ALTER TABLE "files" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "files" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "files" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
-- A customer: their own while no message holds it, and what hangs on a message that they may read. Of the messages they see
-- the public ones of their own conversations alone, so a note's file is not there for them.
GRANT SELECT ("id", "key", "name", "type", "bytes", "width", "height", "state", "thumbnail", "customer_id", "agent_id", "conversation_id", "message_id", "position", "created_at", "released_at") ON "files" TO parley_customer;
--> statement-breakpoint
GRANT INSERT ("id", "key", "name", "type", "bytes", "width", "height", "state", "thumbnail", "customer_id", "widget_id") ON "files" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("state", "conversation_id", "message_id", "position", "released_at") ON "files" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "files" FOR SELECT TO parley_customer
  USING (("customer_id" = current_customer_id() AND "message_id" IS NULL)
    OR ("message_id" IS NOT NULL AND EXISTS (
      SELECT FROM "messages" m WHERE m."conversation_id" = "files"."conversation_id" AND m."id" = "files"."message_id")));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "files" FOR INSERT TO parley_customer
  WITH CHECK ("customer_id" = current_customer_id() AND "agent_id" IS NULL AND "visitor_hash" IS NULL
    AND "message_id" IS NULL AND "released_at" IS NULL);
--> statement-breakpoint
-- Into a message of their own, once and for good.
CREATE POLICY "customer_update" ON "files" FOR UPDATE TO parley_customer
  USING ("customer_id" = current_customer_id() AND "message_id" IS NULL AND "released_at" IS NULL)
  WITH CHECK ("customer_id" = current_customer_id() AND ("message_id" IS NULL OR EXISTS (
      SELECT FROM "messages" m WHERE m."conversation_id" = "files"."conversation_id" AND m."id" = "files"."message_id"
        AND m."customer_id" = current_customer_id() AND m."kind" = 'reply')));
--> statement-breakpoint
-- What was uploaded before there was a customer goes to whom its session came to belong: only ever one's own session's.
CREATE FUNCTION claim_files(by_session uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE public.files f SET customer_id = s.customer_id, visitor_hash = NULL
  FROM public.customer_sessions s
  WHERE s.id = by_session AND s.customer_id = public.current_customer_id() AND f.visitor_hash = s.token_hash;
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION claim_files FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION claim_files TO parley_customer;
--> statement-breakpoint
-- Whose message went is nobody's any more, from that moment.
CREATE FUNCTION release_file() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.released_at := clock_timestamp();
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "files_release" BEFORE UPDATE ON "files" FOR EACH ROW
  WHEN (OLD."message_id" IS NOT NULL AND NEW."message_id" IS NULL)
  EXECUTE FUNCTION release_file();
