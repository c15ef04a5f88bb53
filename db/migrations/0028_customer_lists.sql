-- What lists of customers are ordered and narrowed by, other than who has written: see db/api/customers.ts.
CREATE INDEX "customers_created_idx" ON "customers" ("created_at", "id");
--> statement-breakpoint
CREATE INDEX "customers_external_idx" ON "customers" ("external_id") WHERE "external_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "customers_phone_idx" ON "customers" ("phone") WHERE "phone" IS NOT NULL;
