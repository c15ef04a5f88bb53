import { expect, test } from 'vitest';
import { rowTexts, tagsShown, viewersText } from '#/components/inbox/list/row-words.ts';

test('a subject that is the beginning of the newest message is said once', () => {
  expect(rowTexts('I cannot log in to…', 'I cannot log in to my account')).toEqual({
    title: 'I cannot log in to my account',
    excerpt: null,
  });
  expect(rowTexts('Refund', 'Thank you!')).toEqual({ title: 'Refund', excerpt: 'Thank you!' });
  expect(rowTexts('Refund', null)).toEqual({ title: 'Refund', excerpt: null });
});

test('typing is told before looking, and a crowd is counted', () => {
  const ben = { id: 'b', name: 'Ben Weber', isTyping: true };
  const chi = { id: 'c', name: 'Chi Tran', isTyping: false };
  expect(viewersText([chi, ben])).toBe('Ben is typing');
  expect(viewersText([chi])).toBe('Chi is looking');
  expect(viewersText([chi, { ...ben, isTyping: false }])).toBe('Chi and 1 more are looking');
  expect(viewersText([])).toBeNull();
});

test('two tags at most stand beside a name, fewer where they would be cut to nothing', () => {
  const row = {
    name: 'Maya Okafor',
    tags: [{ name: 'Refund' }, { name: 'VIP' }, { name: 'Bug' }],
    isWoken: false,
    viewers: null,
    linePx: 312,
  };
  expect(tagsShown(row)).toBe(2);
  expect(tagsShown({ ...row, name: 'Wolfeschlegelsteinhausenbergerdorff' })).toBe(1);
  expect(tagsShown({ ...row, isWoken: true })).toBe(0);
  expect(tagsShown({ ...row, linePx: 236 })).toBe(1);
  expect(tagsShown({ ...row, tags: [] })).toBe(0);
});
