import { expect, test, vi } from 'vitest';
import { newId, newToken } from '#/lib/ids.ts';
import { memoryStorage, nameOf, ownedStorage, type StoredEntry } from '#/lib/sync/storage.ts';
import type { StartDetails } from '#/lib/sync/transport.ts';

function makeEntry(start: StartDetails | null): StoredEntry {
  return {
    conversationId: newId(),
    id: newId(),
    kind: 'reply',
    text: 'Mine',
    start,
    position: 1,
    failure: null,
  };
}

test('what one session left unsent is not there for another session, nor for a visitor', async () => {
  const inner = memoryStorage();
  const [mine, theirs] = [newToken(), newToken()];
  const entry = makeEntry(null);
  await ownedStorage(inner, () => mine).put(entry);
  expect(await ownedStorage(inner, () => theirs).load()).toEqual([]);
  expect(await ownedStorage(inner, () => null).load()).toEqual([]);
  expect(await ownedStorage(inner, () => mine).load()).toEqual([entry]);
});

test("a visitor's first message is theirs before and after it began their session", async () => {
  const inner = memoryStorage();
  const begun = newToken();
  const entry = makeEntry({ ticketId: newId(), sessionToken: begun });
  await ownedStorage(inner, () => null).put(entry);
  expect(await ownedStorage(inner, () => null).load()).toEqual([entry]);
  expect(await ownedStorage(inner, () => begun).load()).toEqual([entry]);
  expect(await ownedStorage(inner, newToken).load()).toEqual([]);
});

test('what waits behind a first message keeps its owner when that is confirmed', async () => {
  const inner = memoryStorage();
  const begun = newToken();
  const entry = makeEntry({ ticketId: newId(), sessionToken: begun });
  const storage = ownedStorage(inner, () => null);
  await storage.put(entry);
  await storage.put({ ...entry, start: null });
  expect(await ownedStorage(inner, () => begun).load()).toEqual([{ ...entry, start: null }]);
});

test('what a visitor left unsent is the person’s whom they signed in as, to be sent in a session that exists', async () => {
  const inner = memoryStorage();
  const [visitor, person, stranger] = [newToken(), newToken(), newToken()];
  const first = makeEntry({ ticketId: newId(), sessionToken: visitor });
  const refused: StoredEntry = { ...makeEntry(null), failure: { code: 'unauthenticated' } };
  const written = ownedStorage(inner, () => visitor);
  for (const entry of [first, refused]) await written.put(entry);
  const former = () => [nameOf(visitor)];
  const inherited = [
    { ...first, start: { ...first.start, sessionToken: null } },
    { ...refused, failure: null },
  ];
  const mine = ownedStorage(inner, () => person, former);
  expect((await mine.load()).toSorted((a) => (a.start === null ? 1 : -1))).toEqual(inherited);
  expect(await ownedStorage(inner, () => null, former).load()).toEqual(
    await ownedStorage(inner, () => null).load(),
  );
  expect(await ownedStorage(inner, () => stranger).load()).toEqual([]);
  // Once written again it is the person’s alone.
  for (const entry of await mine.load()) await mine.put(entry);
  expect(await ownedStorage(inner, () => person).load()).toHaveLength(2);
  expect(await ownedStorage(inner, () => visitor).load()).toEqual([]);
});

test('an owner is named without giving its token away', async () => {
  const inner = memoryStorage();
  const token = newToken();
  await ownedStorage(inner, () => token).put(makeEntry(null));
  expect(JSON.stringify(await inner.load())).not.toContain(token);
});

test('a lease does not outlast a clock that is set back, and the first start of a conversation does', async () => {
  const { claim } = memoryStorage();
  const now = vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(2031, 0));
  await claim('lock', 'a tab that is gone', 15_000);
  await claim('start', 'first');
  expect(await claim('lock', 'b', 15_000)).toBe('a tab that is gone');
  now.mockReturnValue(Date.UTC(2026, 0));
  expect(await claim('lock', 'b', 15_000)).toBe('b');
  expect(await claim('start', 'second')).toBe('first');
  now.mockRestore();
});
