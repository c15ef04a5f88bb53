CREATE TABLE "instances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"place" text NOT NULL,
	"build_id" text NOT NULL,
	"realtime_mode" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "instances_kind_known" CHECK ("instances"."kind" in ('app', 'worker'))
);
--> statement-breakpoint
CREATE TABLE "secret_fingerprints" (
	"name" text PRIMARY KEY NOT NULL,
	"salt" text NOT NULL,
	"fingerprint" text NOT NULL,
	"noted_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
-- After a crash of the database every process says again that it is there.
ALTER TABLE "instances" SET UNLOGGED;
--> statement-breakpoint
ALTER TABLE "instances" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "instances" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "instances" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "instances" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "secret_fingerprints" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "secret_fingerprints" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "secret_fingerprints" TO CURRENT_USER USING (true) WITH CHECK (true);
