CREATE TABLE "agent_pictures" (
	"agent_id" uuid PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"picture" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_pictures_id_unique" UNIQUE("id"),
	CONSTRAINT "agent_pictures_size_check" CHECK (octet_length("agent_pictures"."picture") between 1 and 65536)
);
--> statement-breakpoint
ALTER TABLE "agent_pictures" ADD CONSTRAINT "agent_pictures_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "agent_pictures" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "agent_pictures" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "agent_pictures" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
-- Customers learn which picture is whose, as they learn the names; what it shows comes by its own id.
GRANT SELECT ("agent_id", "id") ON "agent_pictures" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "agent_pictures" FOR SELECT TO parley_customer
  USING (current_customer_id() IS NOT NULL);
