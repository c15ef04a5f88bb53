-- What was answered to a request of the public API with an Idempotency-Key, for a day. The owner is a key or a customer.
CREATE TABLE "api_idempotency" (
	"owner_id" uuid NOT NULL,
	"key" text NOT NULL,
	"route" text NOT NULL,
	"request_hash" text NOT NULL,
	"record_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"attempted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"status" smallint,
	"headers" jsonb,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_idempotency_pkey" PRIMARY KEY("owner_id","key")
);
--> statement-breakpoint
CREATE INDEX "api_idempotency_created_idx" ON "api_idempotency" USING btree ("created_at");
--> statement-breakpoint
ALTER TABLE "api_idempotency" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "api_idempotency" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "api_idempotency" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
-- What the public API's list of conversations is ordered by. Written once for each conversation, never by a message.
CREATE INDEX "conversations_created_idx" ON "conversations" USING btree ("created_at","id");
