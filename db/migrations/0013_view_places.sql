CREATE TABLE "view_places" (
	"agent_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "view_places_pkey" PRIMARY KEY("agent_id","view_id")
);
--> statement-breakpoint
ALTER TABLE "view_places" ADD CONSTRAINT "view_places_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view_places" ADD CONSTRAINT "view_places_view_id_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "view_places_view_idx" ON "view_places" USING btree ("view_id");--> statement-breakpoint
-- Staff's own, as the other tables of the inbox.
ALTER TABLE "view_places" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "view_places" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "view_places" TO CURRENT_USER USING (true) WITH CHECK (true);
