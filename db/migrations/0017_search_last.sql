-- At the end of the transaction: whoever changes a customer and then a ticket, and whoever does it the other way round,
-- would each hold what the other one waits for.
DROP TRIGGER "search_changed_ticket" ON "tickets";
--> statement-breakpoint
DROP TRIGGER "search_changed_customer" ON "customers";
--> statement-breakpoint
DROP TRIGGER "search_changed_tags" ON "ticket_tags";
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "search_changed_ticket" AFTER UPDATE OF "subject", "customer_id", "created_at" ON "tickets"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION search_changed_ticket();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "search_changed_customer" AFTER UPDATE OF "name", "email", "phone" ON "customers"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.name, OLD.email::text, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.email::text, NEW.phone))
  EXECUTE FUNCTION search_changed_customer();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "search_changed_tags" AFTER INSERT OR DELETE ON "ticket_tags"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION search_changed_tags();
