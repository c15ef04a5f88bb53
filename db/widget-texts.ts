import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { widgets } from '#/db/schema.ts';
import type { Language } from '#/lib/texts/languages.ts';

/** What a site says itself, by language and key, and what its widget speaks where nothing else is asked for. */
export type WidgetTexts = { language: Language; texts: Record<string, unknown> };

export async function findTextsByKey(tx: Tx, key: string): Promise<WidgetTexts | null> {
  const [row] = await tx.execute<WidgetTexts>(
    sql`select language, texts from ${widgets} where ${widgets.key} = ${key}`,
  );
  return row ?? null;
}

export async function findTexts(tx: Tx, id: string): Promise<WidgetTexts | null> {
  const [row] = await tx.execute<WidgetTexts>(
    sql`select language, texts from ${widgets} where ${widgets.id} = ${id}`,
  );
  return row ?? null;
}

/** Locked, so that two languages that are saved at once both stay. */
export async function lockTexts(tx: Tx, id: string): Promise<(WidgetTexts & { name: string }) | null> {
  const [row] = await tx.execute<WidgetTexts & { name: string }>(
    sql`select name, language, texts from ${widgets} where ${widgets.id} = ${id} for update`,
  );
  return row ?? null;
}

export async function updateTexts(tx: Tx, id: string, { language, texts }: WidgetTexts): Promise<void> {
  await tx.execute(sql`
    update ${widgets} set language = ${language}, texts = ${JSON.stringify(texts)}::text::jsonb
    where ${widgets.id} = ${id}`);
}
