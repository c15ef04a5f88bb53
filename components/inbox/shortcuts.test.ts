import { expect, test } from 'vitest';
import { findAct, isPrefix, type KeyPress, keysOf, shortcuts } from '#/components/inbox/shortcuts.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

test('every act is reached by the keys that the help list prints for it', () => {
  for (const shortcut of shortcuts) {
    const parts = shortcut.keys.split('+');
    const key = parts.at(-1) ?? '';
    const isMod = parts[0] === 'mod';
    const prefix = parts.length === 2 && !isMod ? (parts[0] ?? null) : null;
    expect(findAct(press(key, { ctrlKey: isMod }), prefix, false)).toBe(shortcut.act);
    if (shortcut.also !== null) expect(findAct(press(shortcut.also), null, false)).toBe(shortcut.act);
  }
});

test('no two acts share a key', () => {
  const keys = shortcuts.flatMap(({ keys, also }) => (also === null ? [keys] : [keys, also]));
  expect(new Set(keys).size).toBe(keys.length);
});

test('while typing no single key acts, Escape and mod keys do', () => {
  for (const key of 'jkreniop?.') expect(findAct(press(key), null, true)).toBeNull();
  expect(findAct(press('Escape'), null, true)).toBe('back');
  expect(findAct(press('Enter', { metaKey: true }), null, true)).toBe('send');
});

test('the browser keeps its own combinations: mod with a letter is nobody’s single key', () => {
  expect(findAct(press('r', { ctrlKey: true }), null, false)).toBeNull();
  expect(findAct(press('e', { altKey: true }), null, false)).toBeNull();
});

test('only g starts a sequence, and u alone is not g then u', () => {
  expect(isPrefix(press('g'))).toBe(true);
  expect(isPrefix(press('g', { metaKey: true }))).toBe(false);
  expect(isPrefix(press('u'))).toBe(false);
  expect(findAct(press('u'), 'g', false)).toBe('unassigned');
  expect(findAct(press('u'), null, false)).toBe('back');
  expect(keysOf('resolve')).toBe('e');
});
