import type { TextKey, Texts } from '#/lib/texts/catalogue.ts';

/** What a site is most likely to say itself, in the order in which people meet it. */
export const mainTexts: readonly { key: TextKey; label: string; hint?: string }[] = [
  { key: 'home.greeting', label: 'Greeting' },
  { key: 'home.start', label: 'Button that begins a conversation' },
  { key: 'home.line', label: 'Line below that button' },
  { key: 'thread.intro', label: 'Above the first message', hint: '{company} is your workspace’s name.' },
  { key: 'composer.first', label: 'Where the first message is written' },
  { key: 'presence.away', label: 'When nobody is there' },
  { key: 'away.lead', label: 'Asking for an address meanwhile' },
  { key: 'rating.ask', label: 'Asking how it went' },
  { key: 'composer.send', label: 'Name of the send button', hint: 'Screen readers say it.' },
  { key: 'launcher.label', label: 'Name of the launcher', hint: 'Screen readers say it.' },
];

const groupNames: Readonly<Record<string, string>> = {
  launcher: 'Launcher',
  panel: 'Everywhere',
  home: 'Home',
  thread: 'Conversation',
  menu: 'Menu of a conversation',
  composer: 'Writing',
  state: 'State of a message',
  failure: 'Why a message was not sent',
  typing: 'Who is writing',
  change: 'Changes of a conversation',
  presence: 'When somebody is there',
  away: 'While nobody is there',
  form: 'Form before a conversation',
  files: 'Files',
  rating: 'Rating',
  transcript: 'Transcript',
  connection: 'Connection',
  time: 'Times',
};

/** All the others in the groups of their screens, each named by its English words; with `search`, those that have it. */
export function otherTexts(
  ours: Texts,
  english: Texts,
  search: string,
): { name: string; keys: { key: string; label: string }[] }[] {
  const originals: Readonly<Record<string, string | undefined>> = english;
  const wanted = search.trim().toLocaleLowerCase();
  const groups = new Map<string, { key: string; label: string }[]>();
  for (const [key, text] of Object.entries(ours)) {
    if (mainTexts.some((main) => main.key === key)) continue;
    const label = labelOf(key, originals);
    if (!`${label}\n${text}`.toLocaleLowerCase().includes(wanted)) continue;
    const [part = ''] = key.split('.');
    const name = groupNames[part] ?? 'More';
    groups.set(name, [...(groups.get(name) ?? []), { key, label }]);
  }
  return [...groups].map(([name, keys]) => ({ name, keys }));
}

const forms: Readonly<Record<string, string>> = {
  zero: 'for none',
  one: 'for one',
  two: 'for two',
  few: 'for a few',
  many: 'for many',
  other: 'for any other number',
};

function labelOf(key: string, originals: Readonly<Record<string, string | undefined>>): string {
  const last = key.split('.').at(-1) ?? '';
  const form = key.split('.').length > 2 ? forms[last] : undefined;
  if (form === undefined) return originals[key] ?? key;
  const base = key.slice(0, -last.length - 1);
  return `${originals[`${base}.other`] ?? base} (${form})`;
}
