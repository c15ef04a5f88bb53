import { describe, expect, test } from 'vitest';
import { mirroredStorage, parseMirrored } from '#/lib/embed/mirrored-storage.ts';
import { newId } from '#/lib/ids.ts';
import { memoryStorage, openStart, ownedStorage, type StoredEntry } from '#/lib/sync/storage.ts';

function makeEntry(more: Partial<StoredEntry> = {}): StoredEntry {
  return {
    conversationId: newId(),
    id: newId(),
    kind: 'reply',
    text: 'Is it frost-proof?',
    start: { ticketId: newId(), sessionToken: 'a'.repeat(43) },
    position: 1,
    failure: null,
    ...more,
  };
}

function makeShelf() {
  const kept: Record<string, string> = {};
  const keep = (name: string, value: string | null) => {
    if (value === null) delete kept[name];
    else kept[name] = value;
  };
  return { kept, bridge: { keep, origin: () => 'https://shop.example' } };
}

describe('unsent messages in the page around the frame', () => {
  test("outlive the frame's own storage", async () => {
    const { kept, bridge } = makeShelf();
    const entry = makeEntry();
    const before = mirroredStorage(memoryStorage(), 'wk_one', bridge, { kept: {}, isDurable: true });
    await before.put(entry);
    const after = mirroredStorage(memoryStorage(), 'wk_one', bridge, { kept, isDurable: true });
    expect(await after.load()).toEqual([entry]);
    expect(after.isDurable).toBe(true);
  });

  test('begin the same conversation in two tabs that share nothing but the page', async () => {
    const { kept, bridge } = makeShelf();
    const [one, other] = [1, 2].map(() =>
      mirroredStorage(memoryStorage(), 'wk_one', bridge, { kept, isDurable: true }),
    );
    if (one === undefined || other === undefined) throw new Error('two tabs');
    const draft = await openStart(one, false);
    expect(await openStart(other, false)).toEqual(draft);
    const old = { ...kept };
    await one.release('start');
    await other.release('start');
    expect(kept).toEqual({});
    // Said before the page heard of it.
    Object.assign(kept, old);
    expect((await openStart(other, false)).conversationId).not.toBe(draft.conversationId);
  });

  test('are gone once sent or taken back, in both places', async () => {
    const { kept, bridge } = makeShelf();
    const storage = mirroredStorage(memoryStorage(), 'wk_one', bridge, { kept: {}, isDurable: true });
    const [one, other] = [makeEntry(), makeEntry()];
    await storage.put(one);
    await storage.put(other);
    await storage.remove(one.id);
    expect(await storage.load()).toEqual([other]);
    await storage.clear();
    expect(await storage.load()).toEqual([]);
    expect(kept).toEqual({});
  });

  test('are never shown twice, nor to another widget', async () => {
    const { kept, bridge } = makeShelf();
    const inner = memoryStorage();
    const storage = mirroredStorage(inner, 'wk_one', bridge, { kept: {}, isDurable: true });
    await storage.put(makeEntry());
    expect(await mirroredStorage(inner, 'wk_one', bridge, { kept, isDurable: true }).load()).toHaveLength(1);
    const elsewhere = mirroredStorage(memoryStorage(), 'wk_two', bridge, { kept, isDurable: true });
    expect(await elsewhere.load()).toEqual([]);
  });

  test('stay with the session that wrote them', async () => {
    const { kept, bridge } = makeShelf();
    const open = (token: string, shelf: Record<string, string>) =>
      ownedStorage(
        mirroredStorage(memoryStorage(), 'wk_one', bridge, { kept: shelf, isDurable: true }),
        () => token,
      );
    const entry = makeEntry({ start: null });
    await open('a'.repeat(43), {}).put(entry);
    expect(await open('b'.repeat(43), kept).load()).toEqual([]);
    expect(await open('a'.repeat(43), kept).load()).toEqual([entry]);
  });

  test('say so where they would be lost with the page: the token that they belong to is kept there', () => {
    const { bridge } = makeShelf();
    const shelf = { kept: {}, isDurable: false };
    const stored = { ...memoryStorage(), isDurable: true };
    for (const inner of [memoryStorage(), stored]) {
      expect(mirroredStorage(inner, 'wk_one', bridge, shelf).isDurable).toBe(false);
    }
    shelf.isDurable = true;
    expect(mirroredStorage(memoryStorage(), 'wk_one', bridge, shelf).isDurable).toBe(true);
  });

  test('outlive a reload of the frame, if there is a page around it', async () => {
    const { kept, bridge } = makeShelf();
    const shelf = { kept, isDurable: false };
    const entry = makeEntry();
    const before = mirroredStorage(memoryStorage(), 'wk_one', bridge, shelf);
    await before.put(entry);
    expect(before.outlivesReload?.()).toBe(true);
    expect(await mirroredStorage(memoryStorage(), 'wk_one', bridge, shelf).load()).toEqual([entry]);
    const alone = { ...bridge, origin: () => null };
    expect(mirroredStorage(memoryStorage(), 'wk_one', alone, shelf).outlivesReload?.()).toBe(false);
  });

  test('are believed only in their own shape', () => {
    const entry = makeEntry({ failure: { code: 'invalid', reason: 'text_too_long' } });
    expect(parseMirrored(JSON.stringify({ scope: 's', entry }), 's')).toEqual(entry);
    for (const broken of [
      'no json',
      'null',
      JSON.stringify({ scope: 's' }),
      JSON.stringify({ scope: 's', entry: { ...entry, id: '../etc' } }),
      JSON.stringify({ scope: 's', entry: { ...entry, text: { html: '<b>' } } }),
      JSON.stringify({ scope: 's', entry: { ...entry, kind: 'event' } }),
      JSON.stringify({ scope: 's', entry: { ...entry, start: 'now' } }),
    ]) {
      expect(parseMirrored(broken, 's')).toBeNull();
    }
  });
});
