import { expect, test } from 'vitest';
import { kindOfValue, parseTyped, typedText } from '#/components/inbox/ticket/typed-value.ts';

const kind = (type: Parameters<typeof parseTyped>[0]['type'], options: string[] = []) => ({ type, options });

test('what is typed becomes a value of the field’s kind', () => {
  expect(parseTyped(kind('number'), ' 3,5 ')).toEqual({ ok: true, value: 3.5 });
  expect(parseTyped(kind('text'), 'Pro')).toEqual({ ok: true, value: 'Pro' });
  expect(parseTyped(kind('boolean'), 'false')).toEqual({ ok: true, value: false });
  expect(parseTyped(kind('date'), '2026-05-03')).toEqual({ ok: true, value: '2026-05-03' });
  expect(parseTyped(kind('choice', ['Free', 'Pro']), 'Pro')).toEqual({ ok: true, value: 'Pro' });
});

test('nothing typed empties the field, whatever its kind', () => {
  for (const type of ['text', 'number', 'boolean', 'date', 'choice'] as const) {
    expect(parseTyped(kind(type), '  ')).toEqual({ ok: true, value: null });
  }
});

test('what does not fit says what would', () => {
  expect(parseTyped(kind('number'), 'many')).toEqual({
    ok: false,
    problem: 'Write a number, like 12 or 3.5.',
  });
  expect(parseTyped(kind('date'), '2026-02-30')).toMatchObject({ ok: false });
  expect(parseTyped(kind('choice', ['Free']), 'Gold')).toMatchObject({ ok: false });
  expect(parseTyped(kind('text'), 'x'.repeat(501))).toMatchObject({ ok: false });
  expect(parseTyped(kind('boolean'), 'perhaps')).toMatchObject({ ok: false, problem: 'Choose yes or no.' });
});

test('a value without a field is edited by what it is, and a list of things not at all', () => {
  expect(kindOfValue(3)?.type).toBe('number');
  expect(kindOfValue({})).toBeNull();
  expect(typedText(false)).toBe('false');
});
