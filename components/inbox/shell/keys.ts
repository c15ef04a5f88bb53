/**
 * How keys are written: `e`, `shift+e`, `mod+Enter` (`mod` is ⌘ or Ctrl), `g+m` for one after the other. Pure: what a
 * press is, what it is bound to, and whether a new binding gets in another's way.
 */

export type KeyPress = {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  /** A third-level character of this layout (`@`, `{`): its modifiers are not commands. */
  isAltGraph?: boolean;
};

const ignored = /^(?:Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|Process|Unidentified|Compose|Fn|OS)$/;

/**
 * The keys of a press; null for one that commands nothing. What the layout writes counts, not where the key is; where it
 * writes no Latin letters, the Latin letter of the key's place does.
 */
export function keysOfPress(press: KeyPress): string | null {
  const { shiftKey, isAltGraph = false } = press;
  if (ignored.test(press.key) || press.key === '') return null;
  if (press.altKey && !isAltGraph) return null;
  const isMod = (press.ctrlKey || press.metaKey) && !isAltGraph;
  const key = nameOf(press);
  // A sign is itself, however many keys its layout needs for it.
  const isShifted = shiftKey && key !== 'Plus' && (key.length > 1 || /\p{L}/u.test(key));
  return `${isMod ? 'mod+' : ''}${isShifted ? 'shift+' : ''}${key}`;
}

function nameOf({ key, code }: KeyPress): string {
  if (key === ' ') return 'Space';
  if (key === '+') return 'Plus';
  if (key.length > 1) return key;
  const isForeignLetter = /\p{L}/u.test(key) && !/\p{Script=Latin}/u.test(key);
  const placed = isForeignLetter ? /^Key([A-Z])$/.exec(code)?.[1] : undefined;
  return (placed ?? key).toLowerCase();
}

/** The presses of a binding, in order: `g+m` is two, `mod+shift+Enter` one. */
export function pressesOf(keys: string): string[] {
  const presses: string[] = [];
  let held = '';
  for (const part of keys.split('+')) {
    if (part === 'mod' || part === 'shift') held += `${part}+`;
    else {
      presses.push(held + part);
      held = '';
    }
  }
  return presses;
}

/** Whether it is made of characters alone, so that speech input or a stray hand could press it (WCAG 2.1.4). */
export function isCharacterKeys(keys: string): boolean {
  return pressesOf(keys).some((press) => {
    const key = press.replace('shift+', '');
    return !press.startsWith('mod+') && (key.length === 1 || key === 'Space' || key === 'Plus');
  });
}

export type Bound<Id extends string> = { id: Id; keys: readonly string[] };

/** What each action is bound to now. The first keys are those shown; an empty list has none. */
export function bindKeys<Id extends string>(
  actions: readonly { id: Id; keys: string | null; also: readonly string[] }[],
  own: Readonly<Record<string, string>>,
  hasSingleKeys: boolean,
): Bound<Id>[] {
  const usual = new Map(actions.map(({ id, keys }) => [id, Object.hasOwn(own, id) ? own[id] : keys]));
  return actions.map(({ id, also }) => {
    const first = usual.get(id) ?? '';
    // A second key yields to one that was chosen for something else.
    const free = also.filter((keys) => ![...usual].some(([other, taken]) => other !== id && taken === keys));
    const keys = [first, ...free].filter((each) => each !== '' && (hasSingleKeys || !isCharacterKeys(each)));
    return { id, keys };
  });
}

export type KeyMatch<Id extends string> = { act: Id } | { isPrefix: true } | null;

/** What one more press means after `before` (the presses of a sequence begun, usually none). */
export function matchKeys<Id extends string>(
  bound: readonly Bound<Id>[],
  before: readonly string[],
  press: string,
): KeyMatch<Id> {
  const typed = [...before, press];
  let isPrefix = false;
  for (const { id, keys } of bound) {
    for (const each of keys) {
      const presses = pressesOf(each);
      if (!typed.every((one, index) => one === presses[index])) continue;
      if (presses.length === typed.length) return { act: id };
      isPrefix = true;
    }
  }
  return isPrefix ? { isPrefix } : null;
}

export type KeyProblem<Id extends string> =
  | { kind: 'taken'; by: Id }
  /** It begins another's sequence, or another begins this one. */
  | { kind: 'in_sequence'; by: Id }
  /** The browser's or the system's own. */
  | { kind: 'reserved' }
  | { kind: 'too_long' };

const sequenceMax = 2;
const reserved = new Set([
  ...[...'acfhjlnopqrstvwxyz'].map((letter) => `mod+${letter}`),
  ...[...'cijnprtw'].map((letter) => `mod+shift+${letter}`),
  ...[...'0123456789'].map((digit) => `mod+${digit}`),
  'mod+Plus',
  'mod+-',
  'mod+=',
  'mod+Tab',
  'Space',
  'Tab',
  'shift+Tab',
  'Enter',
  'Escape',
  'Backspace',
  'Delete',
]);

/** Why these keys cannot be bound to this action; null when they can. */
export function problemOfKeys<Id extends string>(
  id: Id,
  keys: string,
  bound: readonly Bound<Id>[],
): KeyProblem<Id> | null {
  if (keys === '') return null;
  const presses = pressesOf(keys);
  if (presses.length > sequenceMax) return { kind: 'too_long' };
  if (presses.some((press) => reserved.has(press) || /^(?:shift\+)?(?:Arrow|Page|Home|End|F\d)/.test(press)))
    return { kind: 'reserved' };
  for (const other of bound) {
    if (other.id === id) continue;
    for (const each of other.keys) {
      if (each === keys) return { kind: 'taken', by: other.id };
      const others = pressesOf(each);
      const shared = Math.min(others.length, presses.length);
      if (
        others.length !== presses.length &&
        others.slice(0, shared).join() === presses.slice(0, shared).join()
      )
        return { kind: 'in_sequence', by: other.id };
    }
  }
  return null;
}

const spoken: Record<string, string> = {
  mod: 'Control or Command',
  shift: 'Shift',
  Space: 'space bar',
  Plus: 'plus',
  Escape: 'Escape',
  ArrowUp: 'arrow up',
  ArrowDown: 'arrow down',
  '.': 'full stop',
  ',': 'comma',
  '/': 'slash',
  '?': 'question mark',
  '[': 'square bracket',
  ']': 'closing square bracket',
};

/** Keys in words, for who hears the page. */
export function spokenKeys(keys: string): string {
  return pressesOf(keys)
    .map((press) =>
      press
        .split('+')
        .map((key) => spoken[key] ?? key)
        .join(' '),
    )
    .join(' then ');
}
