import { expect, test } from 'vitest';
import {
  levelChoices,
  lifeChoices,
  lifeDaysOf,
  noLevels,
  scopesInWords,
  scopesOf,
} from '#/components/settings/api-key-words.ts';
import { hasScope, scopes } from '#/lib/api/scopes.ts';

test('what is chosen for a key is what its scopes say', () => {
  expect(scopesOf(noLevels)).toEqual([]);
  const chosen = scopesOf({ ...noLevels, tickets: 'write', customers: 'read' });
  expect(chosen).toEqual(['customers:read', 'tickets:write']);
  expect(hasScope(chosen, 'tickets:read')).toBe(true);
  expect(hasScope(chosen, 'customers:write')).toBe(false);
});

test('events and live updates are only read', () => {
  expect(levelChoices('events').map(({ value }) => value)).toEqual(['none', 'read']);
  expect(levelChoices('realtime').map(({ value }) => value)).toEqual(['none', 'read']);
  expect(levelChoices('tickets').map(({ value }) => value)).toEqual(['none', 'read', 'write']);
});

test('a key says in one line what it may', () => {
  expect(scopesInWords(['tickets:write', 'messages:write', 'customers:read'])).toBe(
    'Reads and writes tickets and messages, reads customers',
  );
  expect(scopesInWords(['agents:read'])).toBe('Reads team');
  expect(scopesInWords(scopes)).toContain('Reads and writes customers, team, departments, tickets');
});

test('each span is a number of days, for ever, or left as it is', () => {
  expect(lifeChoices.map(({ value }) => lifeDaysOf(value))).toEqual([30, 90, 365, null]);
  expect(lifeDaysOf('kept')).toBeUndefined();
});
