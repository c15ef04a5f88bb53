import { expect, test } from 'vitest';
import { openWaiting } from '#/components/inbox/ticket/after-sends.ts';

function shelf() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}
const resolve = {
  ticketId: 't',
  conversationId: 'c',
  change: { field: 'status', to: 'resolved' } as const,
};

test('a change waits for its message, is given out once, and not at all when the message was taken back', () => {
  const waiting = openWaiting(shelf());
  waiting.add('one', resolve);
  waiting.add('two', resolve);
  waiting.drop('two');
  expect(waiting.take('one')).toEqual(resolve);
  expect(waiting.take('one')).toBeNull();
  expect(waiting.take('two')).toBeNull();
});

test('it is still there after a reload, and known to be from before', () => {
  const storage = shelf();
  openWaiting(storage).add('one', resolve);
  const again = openWaiting(storage);
  again.add('two', resolve);
  expect(again.early()).toEqual([['one', resolve]]);
  expect(again.take('one')).toEqual(resolve);
  expect(openWaiting(storage).early()).toEqual([['two', resolve]]);
});

test('what somebody else left in the storage is nothing', () => {
  const storage = shelf();
  for (const left of [
    '{',
    '"x"',
    '[1,["id",{"ticketId":1}],["id"]]',
    '[["id",{"ticketId":"t","conversationId":"c","change":{"field":"status","to":"closed"}}]]',
  ]) {
    storage.setItem('parley.after-send', left);
    expect(openWaiting(storage).early()).toEqual([]);
  }
});

test('without a storage it lasts as long as the page', () => {
  const waiting = openWaiting(null);
  waiting.add('one', resolve);
  expect(waiting.take('one')).toEqual(resolve);
});
