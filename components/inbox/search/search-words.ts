import { searchTermsMax } from '#/lib/search/rules.ts';
import { type SearchMatch, type SearchNote, searchCharsUsed } from '#/lib/search/schema.ts';

/** What search says in words. */

export const matchNames: Record<SearchMatch, string> = {
  message: 'Message',
  note: 'Note',
  subject: 'Subject',
  customer: 'Customer',
  number: 'Number',
  tag: 'Tag',
};

export function noteText({ kind, word }: SearchNote): string {
  const quoted = word === null ? '' : `“${word}”`;
  switch (kind) {
    case 'cut':
      return `That was long: the first ${searchCharsUsed} characters were looked for.`;
    case 'too_many_words':
      return `Only the first ${searchTermsMax} words were looked for, without ${quoted} and what follows.`;
    case 'nothing_to_find':
      return 'There is no word in that. Type a letter or a digit.';
    case 'status_unknown':
      return `There is no status ${quoted}. Try open, pending, snoozed, resolved or closed.`;
    case 'assignee_unknown':
      return `Nobody on the team is called ${quoted}. “me” and “none” work too.`;
    case 'tag_unknown':
      return `There is no tag ${quoted}.`;
    case 'date_unknown':
      return `${quoted} is no date. Write 2026-05-31, 2026-05, today, yesterday or 7d.`;
    case 'in_unknown':
      return `${quoted} is not a place to look in. Write in:notes or in:messages.`;
  }
}

/** For the line that screen readers hear: how much was found. */
export function countText(hits: number, hasMore: boolean): string {
  if (hits === 0) return 'Nothing found';
  return `${hits}${hasMore ? ' or more' : ''} ${hits === 1 && !hasMore ? 'result' : 'results'}`;
}

/** What may be typed, and what it finds. The first part goes into the field. */
export const hints: readonly { typed: string; says: string }[] = [
  { typed: '"exact words"', says: 'Words right after one another' },
  { typed: '#1042', says: 'A ticket by its number' },
  { typed: 'status:open', says: 'Also pending, snoozed, resolved, closed' },
  { typed: 'assignee:me', says: 'Or a colleague’s name, or none' },
  { typed: 'tag:', says: 'Tickets with that tag' },
  { typed: 'customer:', says: 'A name, an e-mail, a phone number' },
  { typed: 'in:notes', says: 'Only what your team wrote to itself' },
  { typed: 'after:7d', says: 'Also before:2026-05-31, today, yesterday' },
];
