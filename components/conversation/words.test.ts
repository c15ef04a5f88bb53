import { describe, expect, test } from 'vitest';
import { connectionWords } from '#/components/conversation/connection-line.tsx';
import { failureWords } from '#/components/conversation/failure-words.ts';
import { seenMoment } from '#/components/conversation/own-state.tsx';
import { typingWords } from '#/components/conversation/typing-line.tsx';
import { errorCodes } from '#/lib/errors.ts';
import { english } from '#/lib/texts/en.ts';
import { openWords } from '#/lib/texts/words.ts';

const { say } = openWords({ language: 'en', texts: english, locale: 'en' });
const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();

test('every failure has a sentence for people', () => {
  for (const code of errorCodes) expect(failureWords({ code }, say)).toMatch(/^[A-Z].*\.$/);
});

test('a good connection says nothing, a bad one what happens to what is written', () => {
  expect(connectionWords('live', true, say)).toBeNull();
  expect(connectionWords('connecting', true, say)).toBeNull();
  expect(connectionWords('polling', true, say)).toBe('Reconnecting…');
  expect(connectionWords('live', false, say)).toMatch(/offline/);
});

test('one, two and many who type', () => {
  expect(typingWords(['Ana'], say)).toBe('Ana is typing');
  expect(typingWords(['Ana', 'Ben'], say)).toBe('Ana and Ben are typing');
  expect(typingWords(['Ana', 'Ben', 'Cleo'], say)).toBe('3 people are typing');
});

describe('seen', () => {
  const mark = (kind: 'agent' | 'customer', through: number, when: string | null) => ({
    reader: { kind, id: 'x' },
    through,
    at: when,
  });

  test('is said only once the other side has read that far, with the first such moment', () => {
    const marks = [mark('agent', 3, at(22, 9)), mark('agent', 4, at(22, 8)), mark('agent', 1, at(22, 7))];
    expect(seenMoment(3, { marks, seenThrough: 2 }, 'agent')).toBeUndefined();
    expect(seenMoment(3, { marks, seenThrough: 4 }, 'agent')).toBe(at(22, 8));
  });

  test('what has no order in the other side’s log is never seen', () => {
    const marks = [mark('customer', 2, null)];
    expect(seenMoment(2, { marks, seenThrough: 2 }, 'customer')).toBeNull();
    expect(seenMoment(null, { marks, seenThrough: 9 }, 'customer')).toBeUndefined();
  });
});
