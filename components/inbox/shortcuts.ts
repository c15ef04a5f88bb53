/** THE table of the inbox's keys: the listener acts by it and the help dialog prints it. */
export const shortcuts = [
  { act: 'next', keys: 'j', also: 'ArrowDown', group: 'List', words: 'Move down' },
  { act: 'previous', keys: 'k', also: 'ArrowUp', group: 'List', words: 'Move up' },
  { act: 'open', keys: 'Enter', also: null, group: 'List', words: 'Open the ticket' },
  { act: 'back', keys: 'Escape', also: 'u', group: 'List', words: 'Back to the list' },
  { act: 'reply', keys: 'r', also: null, group: 'Ticket', words: 'Write a reply' },
  { act: 'note', keys: 'n', also: null, group: 'Ticket', words: 'Write a note' },
  { act: 'send', keys: 'mod+Enter', also: null, group: 'Ticket', words: 'Send what you wrote' },
  { act: 'resolve', keys: 'e', also: null, group: 'Ticket', words: 'Resolve' },
  { act: 'reopen', keys: 'o', also: null, group: 'Ticket', words: 'Reopen' },
  { act: 'assign', keys: 'a', also: null, group: 'Ticket', words: 'Assign' },
  { act: 'assignToMe', keys: 'i', also: null, group: 'Ticket', words: 'Assign to me' },
  { act: 'priority', keys: 'p', also: null, group: 'Ticket', words: 'Change the priority' },
  { act: 'mine', keys: 'g+m', also: null, group: 'Go to', words: 'Mine' },
  { act: 'unassigned', keys: 'g+u', also: null, group: 'Go to', words: 'Unassigned' },
  { act: 'all', keys: 'g+a', also: null, group: 'Go to', words: 'All' },
  { act: 'panel', keys: '.', also: null, group: 'Page', words: 'Show or hide the customer panel' },
  { act: 'help', keys: '?', also: null, group: 'Page', words: 'This list' },
] as const;

export type ShortcutAct = (typeof shortcuts)[number]['act'];
export type KeyPress = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean };

/** The keys of an act, for hints beside buttons. */
export function keysOf(act: ShortcutAct): string {
  return shortcuts.find((shortcut) => shortcut.act === act)?.keys ?? '';
}

/**
 * The act that a key press means. `prefix` is the letter pressed just before it when that starts a sequence, else null;
 * while typing only `mod` keys and Escape count.
 */
export function findAct(press: KeyPress, prefix: string | null, isTyping: boolean): ShortcutAct | null {
  if (press.altKey) return null;
  const isMod = press.ctrlKey || press.metaKey;
  if (isTyping && !isMod && press.key !== 'Escape') return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const typed = isMod ? `mod+${key}` : prefix === null ? key : `${prefix}+${key}`;
  return shortcuts.find((shortcut) => shortcut.keys === typed || shortcut.also === typed)?.act ?? null;
}

/** Whether a key starts a sequence such as `g` then `m`. */
export function isPrefix(press: KeyPress): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  return shortcuts.some((shortcut) => shortcut.keys.startsWith(`${press.key}+`));
}
