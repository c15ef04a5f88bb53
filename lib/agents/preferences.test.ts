import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  mergePreferences,
  parsePreferences,
  savePreferencesInputSchema,
  usualPreferences,
} from '#/lib/agents/preferences.ts';

test('whatever is stored, the preferences are whole and could be saved again', () => {
  fc.assert(
    fc.property(fc.anything(), (stored) => {
      const parsed = parsePreferences(stored);
      expect(Object.keys(parsed).sort()).toEqual(Object.keys(usualPreferences).sort());
      expect(savePreferencesInputSchema.safeParse(parsed).success).toBe(true);
    }),
  );
});

test('one field that is not understood takes no other with it', () => {
  expect(parsePreferences({ holdSeconds: 7, sound: false, keys: { resolve: 'd' }, gone: 1 })).toEqual({
    ...usualPreferences,
    sound: false,
    keys: { resolve: 'd' },
  });
});

test('a change leaves what it does not name', () => {
  expect(mergePreferences(usualPreferences, { density: 'compact' })).toEqual({
    ...usualPreferences,
    density: 'compact',
  });
  expect(mergePreferences(usualPreferences, {})).toEqual(usualPreferences);
});

test('nothing else can be saved with the preferences', () => {
  expect(savePreferencesInputSchema.safeParse({ role: 'admin' }).success).toBe(false);
  expect(savePreferencesInputSchema.safeParse({ keys: { resolve: 'x'.repeat(41) } }).success).toBe(false);
});
