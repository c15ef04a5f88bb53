-- What a crash may empty: who is typing, and counters of rate limits.
ALTER TABLE "typing_status" SET UNLOGGED;
--> statement-breakpoint
ALTER TABLE "rate_limits" SET UNLOGGED;
--> statement-breakpoint
-- Rows that change with every message stay on their page.
ALTER TABLE "conversations" SET (fillfactor = 80);
--> statement-breakpoint
ALTER TABLE "tickets" SET (fillfactor = 80);
--> statement-breakpoint
ALTER TABLE "participants" SET (fillfactor = 80);
--> statement-breakpoint
ALTER TABLE "events" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "typing_status" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "rate_limits" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- The role that every query for a customer runs as. Roles belong to the cluster: another database may have made it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'parley_customer') THEN
    CREATE ROLE parley_customer NOLOGIN NOINHERIT;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;
--> statement-breakpoint
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    IF NOT pg_has_role(current_user, 'parley_customer', 'SET') THEN
      EXECUTE 'GRANT parley_customer TO CURRENT_USER WITH SET TRUE, INHERIT FALSE';
    END IF;
  ELSIF NOT pg_has_role(current_user, 'parley_customer', 'MEMBER') THEN
    EXECUTE 'GRANT parley_customer TO CURRENT_USER';
  END IF;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO parley_customer;
--> statement-breakpoint
-- Whose transaction this is; null, so nobody's, when no scope was set.
CREATE FUNCTION current_customer_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('parley.customer_id', true), '')::uuid;
--> statement-breakpoint
-- Everybody is bound by policies, the owner too. The role that migrates is the role that the app connects as.
ALTER TABLE "workspace" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "workspace" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "workspace" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "departments" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "departments" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "departments" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "agents" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "agents" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "agents" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "widgets" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "widgets" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "widgets" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "customers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "customers" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "customers" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "customer_sessions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "customer_sessions" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "customer_sessions" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "tickets" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "tickets" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "tickets" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "conversations" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "conversations" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "conversations" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "participants" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "participants" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "participants" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "messages" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "messages" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "messages" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "typing_status" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "typing_status" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "typing_status" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "events" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "invites" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "invites" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "invites" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "ticket_links" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "ticket_links" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "ticket_links" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "rate_limits" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "rate_limits" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "rate_limits" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
-- What a customer may read of the company: nothing that identifies staff beyond a name.
GRANT SELECT ("id", "name", "reopening_hours", "epoch") ON "workspace" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "workspace" FOR SELECT TO parley_customer
  USING (current_customer_id() IS NOT NULL);
--> statement-breakpoint
GRANT SELECT ("id", "key", "name", "department_id", "look") ON "widgets" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "widgets" FOR SELECT TO parley_customer
  USING (current_customer_id() IS NOT NULL);
--> statement-breakpoint
GRANT SELECT ("id", "name", "is_restricted") ON "departments" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "departments" FOR SELECT TO parley_customer
  USING ("id" IN (SELECT t."department_id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
GRANT SELECT ("id", "name") ON "agents" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "agents" FOR SELECT TO parley_customer
  USING (current_customer_id() IS NOT NULL);
--> statement-breakpoint
-- The customer's own row, sessions, tickets and conversations.
GRANT SELECT ("id", "name", "email", "phone", "verified_at", "locale", "timezone", "last_page", "blocked_at", "last_seen_at", "created_at") ON "customers" TO parley_customer;
--> statement-breakpoint
GRANT INSERT ON "customers" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("name", "email", "phone", "locale", "timezone", "last_page", "last_seen_at") ON "customers" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "customers" FOR SELECT TO parley_customer
  USING ("id" = current_customer_id());
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "customers" FOR INSERT TO parley_customer
  WITH CHECK ("id" = current_customer_id() AND "external_id" IS NULL AND "verified_at" IS NULL AND "blocked_at" IS NULL);
--> statement-breakpoint
CREATE POLICY "customer_update" ON "customers" FOR UPDATE TO parley_customer
  USING ("id" = current_customer_id())
  WITH CHECK ("id" = current_customer_id());
--> statement-breakpoint
GRANT SELECT ("id", "customer_id", "widget_id", "created_at", "expires_at", "revoked_at") ON "customer_sessions" TO parley_customer;
--> statement-breakpoint
GRANT INSERT ON "customer_sessions" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("revoked_at") ON "customer_sessions" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "customer_sessions" FOR SELECT TO parley_customer
  USING ("customer_id" = current_customer_id());
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "customer_sessions" FOR INSERT TO parley_customer
  WITH CHECK ("customer_id" = current_customer_id());
--> statement-breakpoint
CREATE POLICY "customer_update" ON "customer_sessions" FOR UPDATE TO parley_customer
  USING ("customer_id" = current_customer_id())
  WITH CHECK ("customer_id" = current_customer_id() AND "revoked_at" IS NOT NULL);
--> statement-breakpoint
GRANT SELECT, INSERT ON "tickets" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("status", "waiting_since", "resolved_at", "last_activity_at", "version") ON "tickets" TO parley_customer;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE "ticket_numbers" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "tickets" FOR SELECT TO parley_customer
  USING ("customer_id" = current_customer_id());
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "tickets" FOR INSERT TO parley_customer
  WITH CHECK ("customer_id" = current_customer_id() AND "status" = 'open' AND "priority" = 'normal' AND "assignee_id" IS NULL);
--> statement-breakpoint
CREATE POLICY "customer_update" ON "tickets" FOR UPDATE TO parley_customer
  USING ("customer_id" = current_customer_id())
  WITH CHECK ("customer_id" = current_customer_id());
--> statement-breakpoint
GRANT SELECT, INSERT ON "conversations" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("last_seq", "last_public_seq", "last_message", "last_message_at") ON "conversations" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "conversations" FOR SELECT TO parley_customer
  USING ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "conversations" FOR INSERT TO parley_customer
  WITH CHECK ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_update" ON "conversations" FOR UPDATE TO parley_customer
  USING ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()))
  WITH CHECK ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
-- Their own mark, and how far agents have read.
GRANT SELECT, INSERT ON "participants" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("read_seq", "read_at", "delivered_seq", "joined_at") ON "participants" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "participants" FOR SELECT TO parley_customer
  USING (("customer_id" = current_customer_id() OR "agent_id" IS NOT NULL) AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "participants" FOR INSERT TO parley_customer
  WITH CHECK ("customer_id" = current_customer_id() AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_update" ON "participants" FOR UPDATE TO parley_customer
  USING ("customer_id" = current_customer_id())
  WITH CHECK ("customer_id" = current_customer_id());
--> statement-breakpoint
-- Public entries only. What they add is a reply of their own, or the reopening that it causes, at the end of the log.
GRANT SELECT, INSERT ON "messages" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "messages" FOR SELECT TO parley_customer
  USING ("public_seq" IS NOT NULL AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "messages" FOR INSERT TO parley_customer
  WITH CHECK (("customer_id" = current_customer_id() OR ("kind" = 'event' AND "is_system"))
    AND (
      ("kind" = 'reply' AND "public_seq" IS NOT NULL)
      OR ("kind" = 'event' AND "change" ->> 'field' = 'status' AND "change" ->> 'to' = 'open')
    )
    AND EXISTS (
      SELECT FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id"
      WHERE c."id" = "messages"."conversation_id" AND t."customer_id" = current_customer_id()
        AND "messages"."seq" BETWEEN c."last_seq" + 1 AND c."last_seq" + 2
        AND ("messages"."public_seq" IS NULL
          OR "messages"."public_seq" BETWEEN c."last_public_seq" + 1 AND c."last_public_seq" + 2)
    ));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "typing_status" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "typing_status" FOR SELECT TO parley_customer
  USING ("conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "typing_status" FOR INSERT TO parley_customer
  WITH CHECK ("sender_id" = current_customer_id() AND "sender_kind" = 'customer' AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_update" ON "typing_status" FOR UPDATE TO parley_customer
  USING ("sender_id" = current_customer_id() AND "sender_kind" = 'customer' AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()))
  WITH CHECK ("sender_id" = current_customer_id() AND "sender_kind" = 'customer' AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_delete" ON "typing_status" FOR DELETE TO parley_customer
  USING ("sender_id" = current_customer_id() AND "sender_kind" = 'customer' AND "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
-- They write what they did and read nothing of it: the trail names staff.
GRANT INSERT ON "events" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "events" FOR INSERT TO parley_customer
  WITH CHECK (("published_at" IS NULL OR "type" IN ('ticket_link.created', 'ticket_link.revoked'))
    AND (("actor_kind" = 'customer' AND "actor_id" = current_customer_id()) OR ("actor_kind" IN ('visitor', 'system') AND "actor_id" IS NULL))
    AND ("ticket_id" IS NULL OR "ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()))
    AND ("conversation_id" IS NULL OR "conversation_id" IN (SELECT c."id" FROM "conversations" c JOIN "tickets" t ON t."id" = c."ticket_id" WHERE t."customer_id" = current_customer_id()))
    AND ("subject_id" IS NULL OR "subject_id" = current_customer_id()));
--> statement-breakpoint
GRANT SELECT ("id", "ticket_id", "created_at", "expires_at", "revoked_at") ON "ticket_links" TO parley_customer;
--> statement-breakpoint
GRANT INSERT ON "ticket_links" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("revoked_at") ON "ticket_links" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "ticket_links" FOR SELECT TO parley_customer
  USING ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "ticket_links" FOR INSERT TO parley_customer
  WITH CHECK ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
--> statement-breakpoint
CREATE POLICY "customer_update" ON "ticket_links" FOR UPDATE TO parley_customer
  USING ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()))
  WITH CHECK ("ticket_id" IN (SELECT t."id" FROM "tickets" t WHERE t."customer_id" = current_customer_id()));
