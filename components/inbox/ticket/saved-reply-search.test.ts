import { expect, test } from 'vitest';
import { matchingReplies, slashAt } from '#/components/inbox/ticket/saved-reply-search.ts';

const reply = (title: string, shortcut: string | null, text = 'Hello') => ({
  id: title,
  title,
  shortcut,
  text,
  ownerId: null,
  updatedAt: '2026-05-06T08:00:00.000Z',
});
const replies = [
  reply('Ask for the order number', 'order'),
  reply('Refund is on its way', 'refund', 'It takes five days'),
  reply('Thank you', null, 'Thanks for the order'),
  reply('Zürich office', null),
];
const titles = (query: string) => matchingReplies(replies, query).map(({ title }) => title);

test('a slash that stands alone begins a search, one in a word or an address does not', () => {
  expect(slashAt('/ref', 4)).toEqual({ from: 0, to: 4, query: 'ref' });
  expect(slashAt('Hi\n/', 4)).toEqual({ from: 3, to: 4, query: '' });
  expect(slashAt('Hi /thank you', 13)).toEqual({ from: 3, to: 13, query: 'thank you' });
  expect(slashAt('and/or', 6)).toBeNull();
  expect(slashAt('https://a.example', 17)).toBeNull();
  expect(slashAt('5 / 2', 4)).toBeNull();
});

test('the shortcut comes before the title, the title before the text', () => {
  expect(titles('order')).toEqual(['Ask for the order number', 'Thank you']);
  expect(titles('ref')).toEqual(['Refund is on its way']);
  expect(titles('five days')).toEqual(['Refund is on its way']);
  expect(titles('zur')).toEqual(['Zürich office']);
  expect(titles('')).toHaveLength(4);
  expect(titles('nothing like it')).toEqual([]);
});
