-- An api key acts under an account of its own, which nobody signs in with. Of which departments it is, is a role: with its
-- department gone, a key of one department is a key of none.
ALTER TABLE "agents" DROP CONSTRAINT "agents_role_check";
--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_role_check" CHECK ("agents"."role" in ('agent', 'admin', 'robot', 'department_robot'));
--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_robot_check" CHECK ("agents"."role" in ('agent', 'admin') or "agents"."password_hash" is null);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" uuid,
	CONSTRAINT "api_keys_scopes_check" CHECK (cardinality("api_keys"."scopes") > 0),
	CONSTRAINT "api_keys_id_agents_id_fk" FOREIGN KEY ("id") REFERENCES "public"."agents"("id") ON DELETE cascade,
	CONSTRAINT "api_keys_created_by_agents_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."agents"("id") ON DELETE set null,
	CONSTRAINT "api_keys_revoked_by_agents_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."agents"("id") ON DELETE set null
);
--> statement-breakpoint
CREATE TABLE "api_key_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"key_id" uuid NOT NULL,
	"hint" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_key_tokens_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."api_keys"("id") ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX "api_key_tokens_key_idx" ON "api_key_tokens" USING btree ("key_id","created_at");
--> statement-breakpoint
-- One that has not been replaced yet.
CREATE UNIQUE INDEX "api_key_tokens_newest_unique" ON "api_key_tokens" USING btree ("key_id") WHERE "ends_at" IS NULL;
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "api_keys" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "api_keys" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "api_key_tokens" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "api_key_tokens" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "api_key_tokens" TO CURRENT_USER USING (true) WITH CHECK (true);
