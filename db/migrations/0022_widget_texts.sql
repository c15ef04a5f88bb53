ALTER TABLE "widgets" ADD COLUMN "language" text DEFAULT 'en' NOT NULL;
--> statement-breakpoint
ALTER TABLE "widgets" ADD CONSTRAINT "widgets_language_check" CHECK ("widgets"."language" in ('en', 'de', 'fr', 'es', 'pt', 'ar', 'ja'));
--> statement-breakpoint
ALTER TABLE "widgets" ADD COLUMN "texts" jsonb DEFAULT '{}'::jsonb NOT NULL;
--> statement-breakpoint
-- The two texts that a site could set so far were in one language: the widget's own. Former builds go on reading the look.
UPDATE "widgets" SET "texts" = jsonb_build_object('en', jsonb_strip_nulls(jsonb_build_object(
	'home.greeting', nullif("look" ->> 'greeting', 'Hi there. How can we help?'),
	'launcher.label', nullif("look" ->> 'launcherLabel', 'Chat with us')
)))
WHERE nullif("look" ->> 'greeting', 'Hi there. How can we help?') IS NOT NULL
	OR nullif("look" ->> 'launcherLabel', 'Chat with us') IS NOT NULL;
