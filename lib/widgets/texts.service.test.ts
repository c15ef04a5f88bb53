import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import type { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeWidget } from '#/lib/testing.ts';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { saveWidgetTextsInputSchema } from '#/lib/texts/schema.ts';
import { findWidgetConfig } from '#/lib/widgets/service.ts';
import { findSpokenTexts, findWidgetTexts, saveWidgetTexts } from '#/lib/widgets/texts.ts';

let database: TestDatabase;
let widget: Widget;
let admin: AgentActor;
let agent: AgentActor;
beforeAll(async () => {
  database = await testDatabase();
  process.env.DATABASE_URL = database.url;
  widget = await makeWidget();
  admin = await makeAgent('admin');
  agent = await makeAgent();
});
afterAll(() => database.close());

const asked = (page: string | null, accepted: string | null = null) => ({ page, accepted });
const save = (language: 'en' | 'de' | 'ja', texts: Record<string, string>) =>
  saveWidgetTexts(admin, { widgetId: widget.id, texts: { [language]: texts } });
const spoken = async (page: string) => (await findSpokenTexts(widget.key, asked(page))).texts;

describe('what a widget says', () => {
  test('is the page’s language, else what the reader accepts, else the widget’s own', async () => {
    const language = async (page: string | null, accepted: string | null) =>
      (await findSpokenTexts(widget.key, asked(page, accepted))).language;
    expect(await language('pt-BR', 'de')).toBe('pt');
    expect(await language(null, 'zh, ja;q=0.8, de;q=0.9')).toBe('de');
    expect(await language('zh', 'de')).toBe('en');
    expect(await language(null, null)).toBe('en');
    await saveWidgetTexts(admin, { widgetId: widget.id, texts: {}, widgetLanguage: 'fr' });
    expect(await language('zh', 'de')).toBe('fr');
    expect(await language('', '*')).toBe('fr');
    await saveWidgetTexts(admin, { widgetId: widget.id, texts: {}, widgetLanguage: 'en' });
  });

  test('is the site’s own text in its language, and ours wherever the site says nothing', async () => {
    await save('de', { 'home.greeting': 'Moin! Was gibt es?', 'home.start': '' });
    const german = await spoken('de-AT');
    expect(german['home.greeting']).toBe('Moin! Was gibt es?');
    expect(german['home.start']).toBe(catalogues.de['home.start']);
    expect((await spoken('ja'))['home.greeting']).toBe(catalogues.ja['home.greeting']);
    await save('de', {});
    expect((await spoken('de'))['home.greeting']).toBe(catalogues.de['home.greeting']);
  });

  test('one language that is saved leaves the others as they are', async () => {
    await save('de', { 'home.start': 'Frag uns' });
    await save('ja', { 'home.start': '質問する' });
    const { own } = await findWidgetTexts(admin, widget.id);
    expect(own).toMatchObject({ de: { 'home.start': 'Frag uns' }, ja: { 'home.start': '質問する' } });
  });

  test('reaches the launcher in the language of its page', async () => {
    await save('de', { 'launcher.label': 'Fragen?' });
    expect(await findWidgetConfig(widget.key, 'de')).toMatchObject({
      launcherLabel: 'Fragen?',
      closeLabel: catalogues.de['launcher.close'],
      unreadLabel: catalogues.de['launcher.unread'],
    });
    expect((await findWidgetConfig(widget.key, null))?.launcherLabel).toBe(catalogues.en['launcher.label']);
  });

  test('is ours for a key that is none', async () => {
    for (const key of [null, 'wk_unknownunknown', '\0', "wk_x' or 1=1"]) {
      expect(await findSpokenTexts(key, asked('ja'))).toEqual({ language: 'ja', texts: catalogues.ja });
    }
  });

  test('is never what the database holds and no build knows', async () => {
    const texts = { xx: { 'home.start': 'no' }, fr: { 'home.start': 7, 'no.such': 'x' }, es: 'no' };
    await transact((tx) =>
      tx.execute(
        sql`update widgets set texts = ${JSON.stringify(texts)}::text::jsonb where id = ${widget.id}`,
      ),
    );
    expect((await findWidgetTexts(admin, widget.id)).own).toEqual({});
    expect(await spoken('fr')).toEqual(catalogues.fr);
  });
});

describe('a text of the site’s own', () => {
  test('is refused for a key that nobody says, and for a place that nobody fills', async () => {
    const refused = (texts: Record<string, string>) =>
      save('en', texts).then(
        () => null,
        (error: RefusedError) => error.failure.reason,
      );
    expect(await refused({ 'no.such': 'x' })).toBe('text_unknown');
    expect(await refused({ constructor: 'x' })).toBe('text_unknown');
    expect(await refused({ 'typing.named': '{other} types' })).toBe('place_unknown');
    expect(await refused({ 'typing.named': 'Somebody types' })).toBeNull();
    expect(await refused({ 'launcher.label': 'x'.repeat(41) })).toBe('text_too_long_here');
  });

  test('is text on one line within bounds', () => {
    const parse = (text: unknown) =>
      saveWidgetTextsInputSchema.safeParse({
        widgetId: newId(),
        texts: { de: { 'home.start': text } },
      });
    expect(parse('x'.repeat(301)).success).toBe(false);
    expect(parse('a\0b').success).toBe(false);
    expect(parse(7).success).toBe(false);
    expect(parse('  a\n\u202eb ').data?.texts).toEqual({ de: { 'home.start': 'a b' } });
    expect(saveWidgetTextsInputSchema.safeParse({ widgetId: newId(), texts: { zh: {} } }).success).toBe(
      false,
    );
  });

  test('is read and saved by admins alone, of a widget that is there', async () => {
    const input = { widgetId: widget.id, texts: { en: {} } };
    await expect(saveWidgetTexts(agent, input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(findWidgetTexts(agent, widget.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(saveWidgetTexts(admin, { ...input, widgetId: newId() })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(findWidgetTexts(admin, newId())).rejects.toMatchObject({ code: 'not_found' });
  });
});
