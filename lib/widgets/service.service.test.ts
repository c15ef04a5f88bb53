import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { makeAgent, makeWidget, testOrigin } from '#/lib/testing.ts';
import { saveWidgetInputSchema } from '#/lib/widgets/schema.ts';
import {
  createWidget,
  findWidgetConfig,
  listSightings,
  listWidgets,
  saveWidget,
} from '#/lib/widgets/service.ts';
import { noteSighting } from '#/lib/widgets/sightings.ts';

let database: TestDatabase;
let admin: AgentActor;
let agent: AgentActor;
beforeAll(async () => {
  database = await testDatabase();
  process.env.DATABASE_URL = database.url;
  await makeWidget();
  admin = await makeAgent('admin');
  agent = await makeAgent();
});
afterAll(() => database.close());

const look = {
  accent: '#1a7f4b',
  theme: 'dark',
  position: 'left',
} as const;

describe('a widget for one more site', () => {
  test('has a key of its own, allows no site, and is made once', async () => {
    const id = newId();
    const { value } = await createWidget(admin, { id, name: 'Second site' });
    expect(value).toMatchObject({ id, name: 'Second site', allowedOrigins: [], departmentId: null });
    expect((await createWidget(admin, { id, name: 'Again' })).value).toEqual(value);
    expect((await listWidgets(admin)).filter((widget) => widget.id === id)).toEqual([value]);
    await expect(createWidget(agent, { id: newId(), name: 'Mine' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('shows the look that was saved, and keeps what is left out', async () => {
    const { value } = await createWidget(admin, { id: newId(), name: 'Shop' });
    await saveWidget(admin, { widgetId: value.id, allowedOrigins: [testOrigin] });
    await saveWidget(admin, { widgetId: value.id, look });
    expect(await findWidgetConfig(value.key, null)).toMatchObject(look);
    expect((await listWidgets(admin)).find(({ id }) => id === value.id)?.allowedOrigins).toEqual([
      testOrigin,
    ]);
  });

  test('takes no look that would break its page', () => {
    const isTaken = (change: Record<string, unknown>) =>
      saveWidgetInputSchema.safeParse({ widgetId: newId(), look: { ...look, ...change } }).success;
    expect(isTaken({})).toBe(true);
    for (const wrong of [
      { accent: 'red' },
      { accent: '#1A7F4B;}' },
      { theme: 'sepia' },
      { position: 'top' },
    ]) {
      expect(isTaken(wrong)).toBe(false);
    }
  });
});

describe('where a widget was seen', () => {
  test('is each site that asked for it, told apart by whether it is allowed', async () => {
    const { value } = await createWidget(admin, { id: newId(), name: 'Seen' });
    await saveWidget(admin, { widgetId: value.id, allowedOrigins: [testOrigin] });
    expect(await listSightings(admin, value.id)).toEqual([]);
    await noteSighting(value.key, testOrigin);
    await noteSighting(value.key, 'https://www.shop.test');
    const seen = await listSightings(admin, value.id);
    expect(new Map(seen.map((each) => [each.origin, each.isAllowed]))).toEqual(
      new Map([
        [testOrigin, true],
        ['https://www.shop.test', false],
      ]),
    );
    await expect(listSightings(agent, value.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listSightings(admin, newId())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is no made-up address, nothing of an unknown widget, and never more strangers than one can read', async () => {
    const { value } = await createWidget(admin, { id: newId(), name: 'Crowded' });
    await saveWidget(admin, { widgetId: value.id, allowedOrigins: ['https://late.test'] });
    for (const wrong of [null, 'null', '', 'https://shop.test/path', 'x'.repeat(400), 'file://']) {
      await noteSighting(value.key, wrong);
    }
    await noteSighting('wk_unknownunknown', 'https://shop.test');
    expect(await listSightings(admin, value.id)).toEqual([]);
    for (let count = 0; count < 30; count++) await noteSighting(value.key, `https://s${count}.test`);
    await noteSighting(value.key, 'https://late.test');
    const seen = await listSightings(admin, value.id);
    expect(seen.filter(({ isAllowed }) => !isAllowed)).toHaveLength(20);
    expect(seen.find(({ isAllowed }) => isAllowed)?.origin).toBe('https://late.test');
  });
});
