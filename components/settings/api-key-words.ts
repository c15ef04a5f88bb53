import { type Scope, type ScopeNoun, scopeNouns } from '#/lib/api/scopes.ts';

/** How far a key goes with one noun. */
export type Level = 'none' | 'read' | 'write';
export type Levels = Readonly<Record<ScopeNoun, Level>>;

export const noLevels: Levels = {
  customers: 'none',
  agents: 'none',
  departments: 'none',
  tickets: 'none',
  conversations: 'none',
  messages: 'none',
  events: 'none',
  webhooks: 'none',
  realtime: 'none',
};

export const nounNames: Record<ScopeNoun, string> = {
  customers: 'Customers',
  agents: 'Team',
  departments: 'Departments',
  tickets: 'Tickets',
  conversations: 'Conversations',
  messages: 'Messages',
  events: 'Events',
  webhooks: 'Webhooks',
  realtime: 'Live updates',
};

/** There is nothing to write to them. */
const readOnly: readonly ScopeNoun[] = ['events', 'realtime'];

export function levelChoices(noun: ScopeNoun): { value: Level; label: string }[] {
  const choices: { value: Level; label: string }[] = [
    { value: 'none', label: 'No access' },
    { value: 'read', label: 'Read' },
  ];
  return readOnly.includes(noun) ? choices : [...choices, { value: 'write', label: 'Read and write' }];
}

export function isLevel(text: string): text is Level {
  return text === 'none' || text === 'read' || text === 'write';
}

/** Writing includes reading. */
export function scopesOf(levels: Levels): Scope[] {
  return scopeNouns.flatMap((noun): Scope[] => {
    const level = levels[noun];
    return level === 'none' ? [] : [`${noun}:${level}`];
  });
}

/** What a key may, in one line: "Reads and writes tickets and messages, reads customers". */
export function scopesInWords(scopes: readonly Scope[]): string {
  const named = (level: Level) => {
    const nouns = scopeNouns.filter((noun) => levelOf(scopes, noun) === level);
    return list.format(nouns.map((noun) => nounNames[noun].toLowerCase()));
  };
  const parts = [
    { verb: 'reads and writes', nouns: named('write') },
    { verb: 'reads', nouns: named('read') },
  ].filter(({ nouns }) => nouns !== '');
  const words = parts.map(({ verb, nouns }) => `${verb} ${nouns}`).join(', ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

function levelOf(scopes: readonly Scope[], noun: ScopeNoun): Level {
  if (scopes.includes(`${noun}:write`)) return 'write';
  return scopes.includes(`${noun}:read`) ? 'read' : 'none';
}

export const lifeChoices: readonly { value: string; label: string }[] = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'never', label: 'Never' },
];
export const keptLife = { value: 'kept', label: 'As it is now' } as const;

/** What a choice of `lifeChoices` means in days; null is for ever, undefined leaves it as it is. */
export function lifeDaysOf(choice: string): number | null | undefined {
  if (choice === keptLife.value) return;
  return choice === 'never' ? null : Number(choice);
}
