CREATE TABLE "search_progress" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"next_block" bigint,
	"tickets_through" timestamp (3) with time zone,
	CONSTRAINT "search_progress_is_one_row" CHECK ("search_progress"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "search_tickets" (
	"ticket_id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"words" "tsvector" NOT NULL,
	"touched_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "search_words" ADD COLUMN "entries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "search_tickets" ADD CONSTRAINT "search_tickets_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "search_tickets_touched_idx" ON "search_tickets" USING btree ("touched_at");
--> statement-breakpoint
-- How search sees a text: words in lower case without accents. What is not between words belongs to one, so that no
-- alphabet is left out. Found by the same functions that fill the indexes, whatever the database's own locale is.
DO $do$
DECLARE
  folding text := CASE
    WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'pg_c_utf8') THEN 'pg_catalog.pg_c_utf8'
    WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN 'pg_catalog."und-x-icu"'
    ELSE 'pg_catalog."default"' END;
  home text := (SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'unaccent');
BEGIN
  IF getdatabaseencoding() <> 'UTF8' THEN
    RAISE EXCEPTION 'the database has to be in UTF-8, and is in %', getdatabaseencoding();
  END IF;
  EXECUTE format($make$
CREATE FUNCTION search_fold(raw text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
BEGIN
  IF octet_length(raw) = char_length(raw) THEN RETURN lower(raw COLLATE pg_catalog."C"); END IF;
  -- Arabic vowel signs, the tatweel, soft hyphens and accents that stand by themselves are left out.
  RETURN regexp_replace(
    lower(%1$s.unaccent('%1$s.unaccent'::regdictionary, normalize(raw, NFKC)) COLLATE %2$s),
    '[\u00AD\u0300-\u036F\u0591-\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]+', '', 'g');
END $$
  $make$, home, folding);
END $do$;
--> statement-breakpoint
-- The words of a text in their order. A run of a script that sets no spaces is one word here.
CREATE FUNCTION search_tokens(raw text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 200 AS $$
DECLARE
  folded text := public.search_fold(raw);
BEGIN
  IF octet_length(folded) = char_length(folded) THEN
    RETURN array_remove(regexp_split_to_array(folded, '[^a-z0-9]+'), '');
  END IF;
  folded := regexp_replace(folded,
    '([\u0E00-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005-\u3007\u3031-\u303C\u3040-\u30FA\u30FC-\u318F\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF]+)',
    ' \1 ', 'g');
  RETURN array_remove(regexp_split_to_array(folded,
    '[\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00BF\u00D7\u00F7\u055A-\u055F\u0589\u058A\u05F3\u05F4\u060C\u061B\u061F\u066A-\u066D\u06D4\u0964\u0965\u104A-\u104F\u1361-\u1368\u2000-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3030\u303D-\u303F\u30FB\uE000-\uF8FF\uFE00-\uFE6F\uFFF0-\uFFFF\U0001F000-\U0001FAFF\U000E0000-\U0010FFFF]+'), '');
END $$;
--> statement-breakpoint
-- What stands in an index for a text: each word once, of a run without spaces each pair of neighbours.
CREATE FUNCTION search_lexemes(raw text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 300 AS $$
DECLARE
  tokens text[] := public.search_tokens(raw);
  lexemes text[] := '{}';
  token text;
BEGIN
  IF octet_length(raw) = char_length(raw) AND char_length(raw) <= 40 THEN RETURN tokens; END IF;
  FOREACH token IN ARRAY tokens LOOP
    IF token >= U&'\0E00' COLLATE pg_catalog."C" AND token ~ '^[\u0E00-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005-\u3007\u3031-\u303C\u3040-\u30FA\u30FC-\u318F\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF]' THEN
      FOR at IN 1 .. char_length(token) LOOP
        lexemes := lexemes || substr(token, at, 2);
      END LOOP;
    ELSE
      lexemes := lexemes || left(token, 40);
    END IF;
  END LOOP;
  RETURN lexemes;
END $$;
--> statement-breakpoint
-- When it was, as blocks of 64 seconds, half an hour, a day, a month and two years: so the newest stretch of a common
-- word is found without reading the rest. A space begins what nobody can type.
CREATE FUNCTION search_times(at timestamptz) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $$
DECLARE
  seconds bigint := floor(extract(epoch FROM at));
BEGIN
  RETURN ARRAY[' a' || (seconds >> 6), ' b' || (seconds >> 11), ' c' || (seconds >> 16), ' d' || (seconds >> 21),
    ' e' || (seconds >> 26)];
END $$;
--> statement-breakpoint
-- Dear on purpose: no plan may work it out for row after row instead of asking the index.
CREATE FUNCTION search_entry(raw text, kind text, at timestamptz) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
BEGIN
  RETURN array_to_tsvector(public.search_lexemes(raw) || public.search_times(at)
    || CASE WHEN kind = 'note' THEN ARRAY[' n'] ELSE '{}'::text[] END);
END $$;
--> statement-breakpoint
-- A ticket's own words: subject, customer, tags. Apart from the ticket, whose row changes with every message.
CREATE FUNCTION search_ticket_words(of_subject text, of_name text, of_email text, of_phone text, of_tags uuid[], at timestamptz)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
DECLARE
  digits text := regexp_replace(coalesce(of_phone, ''), '[^0-9]', '', 'g');
BEGIN
  RETURN array_to_tsvector(public.search_lexemes(of_subject) || coalesce(public.search_lexemes(of_name), '{}')
    || coalesce(public.search_lexemes(of_email), '{}') || public.search_times(at)
    -- Backwards, so that the end of a number is a beginning: people leave out the country.
    || CASE WHEN digits = '' THEN '{}'::text[] ELSE ARRAY[digits, ' p' || reverse(digits)] END
    || ARRAY(SELECT ' t' || tag FROM unnest(of_tags) tag));
END $$;
--> statement-breakpoint
-- Writes a ticket's words as they are now. Whoever changes the same ticket's words meanwhile is waited for, and read.
CREATE FUNCTION search_ticket(in_ticket uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM FROM public.search_tickets s WHERE s.ticket_id = in_ticket FOR UPDATE;
  INSERT INTO public.search_tickets AS s (ticket_id, at, words, touched_at)
  SELECT t.id, t.created_at, public.search_ticket_words(t.subject, c.name, c.email::text, c.phone,
    ARRAY(SELECT g.tag_id FROM public.ticket_tags g WHERE g.ticket_id = t.id), t.created_at), clock_timestamp()
  FROM public.tickets t JOIN public.customers c ON c.id = t.customer_id WHERE t.id = in_ticket
  ON CONFLICT (ticket_id) DO UPDATE SET at = excluded.at, words = excluded.words, touched_at = excluded.touched_at;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION search_ticket FROM PUBLIC;
--> statement-breakpoint
CREATE FUNCTION search_new_tickets() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.search_tickets (ticket_id, at, words, touched_at)
  SELECT t.id, t.created_at,
    public.search_ticket_words(t.subject, c.name, c.email::text, c.phone, '{}', t.created_at), clock_timestamp()
  FROM added t JOIN public.customers c ON c.id = t.customer_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION search_changed_ticket() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.search_ticket(NEW.id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION search_changed_customer() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.search_ticket(t.id)
  FROM (SELECT id FROM public.tickets WHERE customer_id = NEW.id ORDER BY id) t;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION search_changed_tags() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM public.search_ticket(NEW.ticket_id);
  -- A tag that was deleted altogether is found under no name: what is left of it is in nobody's way.
  ELSIF EXISTS (SELECT FROM public.tags WHERE id = OLD.tag_id) THEN
    PERFORM public.search_ticket(OLD.ticket_id);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
INSERT INTO "search_tickets" ("ticket_id", "at", "words", "touched_at")
SELECT t.id, t.created_at, search_ticket_words(t.subject, c.name, c.email::text, c.phone,
  ARRAY(SELECT g.tag_id FROM ticket_tags g WHERE g.ticket_id = t.id), t.created_at), clock_timestamp()
FROM tickets t JOIN customers c ON c.id = t.customer_id;
--> statement-breakpoint
CREATE INDEX "search_tickets_words_idx" ON "search_tickets" USING gin ("words");
--> statement-breakpoint
CREATE INDEX "messages_search_idx" ON "messages" USING gin (search_entry("text", "kind", "sent_at")) WHERE "kind" <> 'event';
--> statement-breakpoint
CREATE INDEX "search_words_similar_idx" ON "search_words" USING gin ("word" gin_trgm_ops);
--> statement-breakpoint
ALTER TABLE "search_words" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
CREATE TRIGGER "search_new_tickets" AFTER INSERT ON "tickets" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION search_new_tickets();
--> statement-breakpoint
CREATE TRIGGER "search_changed_ticket" AFTER UPDATE OF "subject", "customer_id", "created_at" ON "tickets"
  FOR EACH ROW EXECUTE FUNCTION search_changed_ticket();
--> statement-breakpoint
CREATE TRIGGER "search_changed_customer" AFTER UPDATE OF "name", "email", "phone" ON "customers" FOR EACH ROW
  WHEN ((OLD.name, OLD.email::text, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.email::text, NEW.phone))
  EXECUTE FUNCTION search_changed_customer();
--> statement-breakpoint
CREATE TRIGGER "search_changed_tags" AFTER INSERT OR DELETE ON "ticket_tags"
  FOR EACH ROW EXECUTE FUNCTION search_changed_tags();
--> statement-breakpoint
ALTER TABLE "search_tickets" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "search_tickets" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "search_tickets" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "search_progress" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "search_progress" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "app" ON "search_progress" TO CURRENT_USER USING (true) WITH CHECK (true);
