import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bindKeys,
  isCharacterKeys,
  type KeyPress,
  keysOfPress,
  matchKeys,
  pressesOf,
  problemOfKeys,
  spokenKeys,
} from '#/components/inbox/shell/keys.ts';

function press(key: string, held: Partial<KeyPress> = {}): string | null {
  const none = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return keysOfPress({ key, ...none, ...held });
}

describe('a press', () => {
  test('is what the layout writes, with Shift only where it makes a difference', () => {
    expect(press('e')).toBe('e');
    expect(press('E', { shiftKey: true })).toBe('shift+e');
    expect(press('E')).toBe('e');
    expect(press('?', { shiftKey: true })).toBe('?');
    // A slash is Shift+7 on a German keyboard.
    expect(press('/', { shiftKey: true, code: 'Digit7' })).toBe('/');
    expect(press('z', { code: 'KeyY' })).toBe('z');
    expect(press(' ')).toBe('Space');
    expect(press('+', { shiftKey: true })).toBe('Plus');
  });

  test('is the Latin letter of its place where the layout writes none', () => {
    expect(press('о', { code: 'KeyJ' })).toBe('j');
    expect(press('л', { code: 'KeyK', ctrlKey: true })).toBe('mod+k');
    expect(press('é', { code: 'Digit2' })).toBe('é');
  });

  test('has ⌘ and Ctrl as one, and nothing for Alt, dead keys and modifiers alone', () => {
    expect(press('Enter', { metaKey: true })).toBe('mod+Enter');
    expect(press('Enter', { ctrlKey: true, shiftKey: true })).toBe('mod+shift+Enter');
    expect(press('e', { altKey: true })).toBeNull();
    expect(press('/', { altKey: true, ctrlKey: true, isAltGraph: true })).toBe('/');
    for (const key of ['Shift', 'Dead', 'Process', 'Unidentified', '']) expect(press(key)).toBeNull();
  });
});

const actions = [
  { id: 'next', keys: 'j', also: ['ArrowDown'] },
  { id: 'back', keys: 'Escape', also: ['u'] },
  { id: 'resolve', keys: 'e', also: [] },
  { id: 'mine', keys: 'g+m', also: [] },
  { id: 'palette', keys: 'mod+k', also: [] },
  { id: 'copy', keys: null, also: [] },
] as const;

describe('bindings', () => {
  test('are the usual ones until others are chosen; an empty choice takes the keys away', () => {
    const bound = bindKeys(actions, { resolve: 'd', mine: '' }, true);
    expect(matchKeys(bound, [], 'd')).toEqual({ act: 'resolve' });
    expect(matchKeys(bound, [], 'e')).toBeNull();
    expect(matchKeys(bound, [], 'g')).toBeNull();
    expect(bound.find(({ id }) => id === 'mine')?.keys).toEqual([]);
  });

  test('follow a sequence one press after the other', () => {
    const bound = bindKeys(actions, {}, true);
    expect(matchKeys(bound, [], 'g')).toEqual({ isPrefix: true });
    expect(matchKeys(bound, ['g'], 'm')).toEqual({ act: 'mine' });
    expect(matchKeys(bound, ['g'], 'e')).toBeNull();
    expect(matchKeys(bound, [], 'm')).toBeNull();
  });

  test('with single keys off, only characters lose their actions', () => {
    const bound = bindKeys(actions, {}, false);
    for (const key of 'jueg') expect(matchKeys(bound, [], key)).toBeNull();
    expect(matchKeys(bound, [], 'ArrowDown')).toEqual({ act: 'next' });
    expect(matchKeys(bound, [], 'Escape')).toEqual({ act: 'back' });
    expect(matchKeys(bound, [], 'mod+k')).toEqual({ act: 'palette' });
    expect(['e', 'shift+e', 'g+m', '?'].every(isCharacterKeys)).toBe(true);
    expect(['mod+k', 'mod+shift+Enter', 'Escape', 'ArrowUp'].some(isCharacterKeys)).toBe(false);
  });

  test('let a second key go to whoever chose it', () => {
    const bound = bindKeys(actions, { resolve: 'u' }, true);
    expect(matchKeys(bound, [], 'u')).toEqual({ act: 'resolve' });
    expect(matchKeys(bound, [], 'Escape')).toEqual({ act: 'back' });
  });
});

describe('a new binding', () => {
  const bound = bindKeys(actions, {}, true);

  test('is refused when it is taken, begins a sequence, or is the browser’s own', () => {
    expect(problemOfKeys('resolve', 'j', bound)).toEqual({ kind: 'taken', by: 'next' });
    expect(problemOfKeys('resolve', 'g', bound)).toEqual({ kind: 'in_sequence', by: 'mine' });
    expect(problemOfKeys('resolve', 'j+e', bound)).toEqual({ kind: 'in_sequence', by: 'next' });
    expect(problemOfKeys('resolve', 'mod+w', bound)).toEqual({ kind: 'reserved' });
    expect(problemOfKeys('resolve', 'Tab', bound)).toEqual({ kind: 'reserved' });
    expect(problemOfKeys('resolve', 'a+b+c', bound)).toEqual({ kind: 'too_long' });
    for (const keys of ['e', 'd', 'shift+e', 'g+e', ''])
      expect(problemOfKeys('resolve', keys, bound)).toBeNull();
  });

  test('that is accepted is reached by its own presses, and takes nothing from the others', () => {
    const key = fc.constantFrom(...'abcdefghij', 'shift+e', 'mod+b', 'mod+shift+Enter');
    const keys = fc.array(key, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('+'));
    fc.assert(
      fc.property(keys, (chosen) => {
        if (problemOfKeys('resolve', chosen, bound) !== null) return;
        const next = bindKeys(actions, { resolve: chosen }, true);
        const presses = pressesOf(chosen);
        expect(matchKeys(next, presses.slice(0, -1), presses.at(-1) ?? '')).toEqual({ act: 'resolve' });
        expect(matchKeys(next, ['g'], 'm')).toEqual({ act: 'mine' });
        expect(matchKeys(next, [], 'j')).toEqual({ act: 'next' });
      }),
    );
  });
});

test('keys are told in words', () => {
  expect(spokenKeys('mod+shift+Enter')).toBe('Control or Command Shift Enter');
  expect(spokenKeys('g+m')).toBe('g then m');
});
