import { expect, test } from 'vitest';
import { actionOf, actions, bindingsOf, shownKeys } from '#/components/inbox/shell/actions.ts';
import { matchKeys, pressesOf, problemOfKeys } from '#/components/inbox/shell/keys.ts';
import { usualPreferences } from '#/lib/agents/preferences.ts';

const bindings = bindingsOf(usualPreferences);

function idOf(keys: string): string | null {
  const presses = pressesOf(keys);
  const match = matchKeys(bindings, presses.slice(0, -1), presses.at(-1) ?? '');
  return match !== null && 'act' in match ? match.act : null;
}

test('the keys that the product promises do what it promises', () => {
  const promised = {
    j: 'next',
    k: 'previous',
    Enter: 'open',
    u: 'back',
    Escape: 'back',
    r: 'reply',
    n: 'note',
    'mod+Enter': 'send',
    'mod+shift+Enter': 'sendResolve',
    e: 'resolve',
    'shift+e': 'resolveNext',
    o: 'reopen',
    z: 'snooze',
    a: 'assign',
    i: 'assignToMe',
    p: 'priority',
    l: 'tag',
    m: 'savedReply',
    x: 'select',
    'shift+u': 'markUnread',
    '/': 'search',
    'mod+k': 'palette',
    'g+m': 'mine',
    'g+u': 'unassigned',
    'g+d': 'departments',
    'g+a': 'all',
    'g+s': 'snoozed',
    '?': 'help',
    '.': 'panel',
  };
  expect(Object.fromEntries(Object.keys(promised).map((keys) => [keys, idOf(keys)]))).toEqual(promised);
});

test('no two actions share keys, and every usual key could be chosen by hand or is fixed', () => {
  const keys = actions.flatMap((action) => [action.keys ?? [], action.also].flat());
  expect(new Set(keys).size).toBe(keys.length);
  for (const action of actions) {
    if (action.keys === null || action.isFixed) continue;
    const problem = problemOfKeys(action.id, action.keys, bindings);
    expect([action.id, problem?.kind ?? null]).toEqual([action.id, null]);
  }
});

test('ids can be kept in the preferences, and every action has words of its own', () => {
  for (const { id } of actions) expect(id).toMatch(/^[a-zA-Z]{1,40}$/);
  expect(new Set(actions.map((action) => action.words)).size).toBe(actions.length);
});

test('what is shown beside an action is what is bound now', () => {
  expect(shownKeys(bindings, 'resolve')).toBe('e');
  expect(shownKeys(bindingsOf({ keys: { resolve: 'd' }, singleKeys: true }), 'resolve')).toBe('d');
  expect(shownKeys(bindingsOf({ keys: {}, singleKeys: false }), 'resolve')).toBe('');
  expect(actionOf('resolve').words).toBe('Resolve');
});
