CREATE TABLE "unread_marks" (
	"agent_id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "unread_marks_agent_id_ticket_id_pk" PRIMARY KEY("agent_id","ticket_id")
);
--> statement-breakpoint
ALTER TABLE "unread_marks" ADD CONSTRAINT "unread_marks_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unread_marks" ADD CONSTRAINT "unread_marks_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "unread_marks_ticket_idx" ON "unread_marks" USING btree ("ticket_id");--> statement-breakpoint
-- Staff's own, as the other tables of the inbox.
ALTER TABLE "unread_marks" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "unread_marks" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "unread_marks" TO CURRENT_USER USING (true) WITH CHECK (true);
