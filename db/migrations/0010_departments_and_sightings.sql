CREATE TABLE "widget_sightings" (
	"widget_id" uuid NOT NULL,
	"origin" text NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "widget_sightings_pkey" PRIMARY KEY("widget_id","origin")
);
--> statement-breakpoint
ALTER TABLE "departments" DROP CONSTRAINT "departments_name_unique";--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "hand_over" jsonb;--> statement-breakpoint
ALTER TABLE "departments" ADD COLUMN "closed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "departments" ADD COLUMN "moves_to" uuid;--> statement-breakpoint
ALTER TABLE "widget_sightings" ADD CONSTRAINT "widget_sightings_widget_id_widgets_id_fk" FOREIGN KEY ("widget_id") REFERENCES "public"."widgets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "departments" ADD CONSTRAINT "departments_moves_to_departments_id_fk" FOREIGN KEY ("moves_to") REFERENCES "public"."departments"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "departments_name_unique" ON "departments" USING btree ("name") WHERE "departments"."closed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_replies_shortcut_shared_unique" ON "saved_replies" USING btree ("shortcut") WHERE "saved_replies"."owner_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_replies_shortcut_own_unique" ON "saved_replies" USING btree ("owner_id","shortcut") WHERE "saved_replies"."owner_id" is not null;--> statement-breakpoint
-- Staff's own, as the tables of the inbox are.
ALTER TABLE "widget_sightings" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "widget_sightings" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "widget_sightings" TO CURRENT_USER USING (true) WITH CHECK (true);
