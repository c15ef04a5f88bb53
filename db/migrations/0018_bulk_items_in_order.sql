DROP INDEX "bulk_items_waiting_idx";--> statement-breakpoint
CREATE INDEX "bulk_items_next_idx" ON "bulk_items" USING btree ("job_id","ticket_id") WHERE "bulk_items"."state" = 'waiting';