import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChannelName } from './channel-name.ts';

test('the prefix decides what a channel is', () => {
  expect(parseChannelName('lobby')).toMatchObject({ kind: 'public', isCache: false });
  expect(parseChannelName('private-a')).toMatchObject({ kind: 'private' });
  expect(parseChannelName('private-encrypted-a')).toMatchObject({ kind: 'private' });
  expect(parseChannelName('presence-a')).toMatchObject({ kind: 'presence' });
  expect(parseChannelName('presence-cache-a')).toMatchObject({ kind: 'presence', isCache: true });
  expect(parseChannelName('#server-to-user-a b')).toMatchObject({ kind: 'user', userId: 'a b' });
});

test('names end at 164 characters', () => {
  expect(parseChannelName('x'.repeat(164))).not.toBeNull();
  expect(parseChannelName('x'.repeat(165))).toBeNull();
  expect(parseChannelName(`#server-to-user-${'x'.repeat(149)}`)).toBeNull();
});

test('a name is read exactly as it was written, or not at all', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseChannelName(text);
      if (parsed === null) return;
      expect(parsed.name).toBe(text);
      expect(text).toMatch(/^(#server-to-user-.+|[A-Za-z0-9_\-=@,.;]{1,164})$/);
    }),
  );
  for (const bad of ['', '#server-to-user-', '#server-to-user-a\n', 'private-a\n', 'a b']) {
    expect(parseChannelName(bad)).toBeNull();
  }
});
