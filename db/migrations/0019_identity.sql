-- Who a site says its visitors are. Secrets are made when they are asked for, so the one that each widget was born with,
-- and that nobody was ever shown, is not used any more; a server of the former build still writes it.
ALTER TABLE "widgets" ALTER COLUMN "identity_secret" DROP NOT NULL;
--> statement-breakpoint
UPDATE "widgets" SET "identity_secret" = NULL;
--> statement-breakpoint
CREATE TABLE "widget_secrets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"widget_id" uuid NOT NULL,
	"secret" text NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "widget_secrets_widget_id_widgets_id_fk" FOREIGN KEY ("widget_id") REFERENCES "public"."widgets"("id") ON DELETE cascade,
	CONSTRAINT "widget_secrets_created_by_agents_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."agents"("id") ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX "widget_secrets_widget_idx" ON "widget_secrets" USING btree ("widget_id","created_at");
--> statement-breakpoint
-- An external id is a site's own: two sites may both have a user 1, who are two people.
ALTER TABLE "customers" ADD COLUMN "identity_widget_id" uuid;
--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "signed_keys" text[] DEFAULT '{}' NOT NULL;
--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "merged_into" uuid;
--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_identity_widget_id_widgets_id_fk" FOREIGN KEY ("identity_widget_id") REFERENCES "public"."widgets"("id") ON DELETE set null;
--> statement-breakpoint
DROP INDEX "customers_external_id_unique";
--> statement-breakpoint
CREATE UNIQUE INDEX "customers_identity_unique" ON "customers" USING btree ("identity_widget_id","external_id") WHERE "external_id" IS NOT NULL;
--> statement-breakpoint
-- Each token signs in once. What it did is kept for as long as it could be shown again, so that an answer that was lost
-- on its way is given again to the browser that asked.
CREATE TABLE "identity_tokens" (
	"widget_id" uuid NOT NULL,
	"jti_hash" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identity_tokens_pkey" PRIMARY KEY("widget_id","jti_hash"),
	CONSTRAINT "identity_tokens_widget_id_widgets_id_fk" FOREIGN KEY ("widget_id") REFERENCES "public"."widgets"("id") ON DELETE cascade,
	CONSTRAINT "identity_tokens_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX "identity_tokens_expiry_idx" ON "identity_tokens" USING btree ("expires_at");
--> statement-breakpoint
CREATE INDEX "identity_tokens_customer_idx" ON "identity_tokens" USING btree ("customer_id");
--> statement-breakpoint
-- What a site's page said that its customer did.
CREATE TABLE "customer_actions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"customer_id" uuid NOT NULL,
	"name" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"page" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customer_actions_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX "customer_actions_customer_idx" ON "customer_actions" USING btree ("customer_id","at" DESC,"id" DESC);
--> statement-breakpoint
ALTER TABLE "widget_secrets" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "widget_secrets" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "widget_secrets" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "identity_tokens" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "identity_tokens" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "identity_tokens" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "customer_actions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "customer_actions" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "customer_actions" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
-- A customer's page adds to its own actions and takes the oldest away; it never changes or reads what one said.
GRANT SELECT ("id", "customer_id", "at") ON "customer_actions" TO parley_customer;
--> statement-breakpoint
GRANT INSERT ("id", "customer_id", "name", "details", "page", "at") ON "customer_actions" TO parley_customer;
--> statement-breakpoint
GRANT DELETE ON "customer_actions" TO parley_customer;
--> statement-breakpoint
CREATE POLICY "customer_read" ON "customer_actions" FOR SELECT TO parley_customer
  USING ("customer_id" = current_customer_id());
--> statement-breakpoint
CREATE POLICY "customer_insert" ON "customer_actions" FOR INSERT TO parley_customer
  WITH CHECK ("customer_id" = current_customer_id()
    AND "at" BETWEEN now() - interval '25 hours' AND now() + interval '1 minute');
--> statement-breakpoint
CREATE POLICY "customer_delete" ON "customer_actions" FOR DELETE TO parley_customer
  USING ("customer_id" = current_customer_id());
--> statement-breakpoint
-- A customer is made by their first message as somebody whom nobody vouches for.
ALTER POLICY "customer_insert" ON "customers"
  WITH CHECK ("id" = current_customer_id() AND "external_id" IS NULL AND "verified_at" IS NULL AND "blocked_at" IS NULL
    AND "identity_widget_id" IS NULL AND "merged_into" IS NULL AND "signed_keys" = '{}');
--> statement-breakpoint
GRANT SELECT ("attributes", "signed_keys") ON "customers" TO parley_customer;
--> statement-breakpoint
GRANT UPDATE ("attributes") ON "customers" TO parley_customer;
--> statement-breakpoint
-- What the site signed, no page says otherwise.
CREATE FUNCTION keep_signed_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> 'parley_customer' THEN RETURN NEW; END IF;
  IF EXISTS (SELECT FROM unnest(OLD.signed_keys) AS signed(key)
      WHERE OLD.attributes -> signed.key IS DISTINCT FROM NEW.attributes -> signed.key)
    OR ('name' = ANY (OLD.signed_keys) AND OLD.name IS DISTINCT FROM NEW.name)
    OR ('email' = ANY (OLD.signed_keys) AND OLD.email::text IS DISTINCT FROM NEW.email::text)
    OR ('phone' = ANY (OLD.signed_keys) AND OLD.phone IS DISTINCT FROM NEW.phone) THEN
    RAISE insufficient_privilege USING MESSAGE = 'a signed value stays as it was signed';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "customers_keep_signed_values" BEFORE UPDATE ON "customers" FOR EACH ROW
  WHEN (OLD.signed_keys <> '{}') EXECUTE FUNCTION keep_signed_values();
