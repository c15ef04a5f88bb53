import { describe, expect, test } from 'vitest';
import { english } from '#/lib/texts/en.ts';
import { localeFor, openWords } from '#/lib/texts/words.ts';

const inEnglish = openWords({ language: 'en', texts: english, locale: 'en-GB' });

describe('say', () => {
  test('puts values in their places, numbers as the language writes them', () => {
    expect(inEnglish.say('typing.two', { first: 'Ana', second: 'Ben' })).toBe('Ana and Ben are typing');
    expect(inEnglish.say('failure.tooLong', { count: 10_000 })).toMatch(/^Longer than 10,000 characters/);
  });

  test('takes the form that the number asks for in the language', () => {
    expect(inEnglish.say('composer.left', { count: 1 })).toBe('1 character left');
    expect(inEnglish.say('composer.left', { count: 2 })).toBe('2 characters left');
    const forms = ['zero', 'one', 'two', 'few', 'many', 'other'];
    const texts = Object.fromEntries(forms.map((form) => [`composer.left.${form}`, `${form} {count}`]));
    const { say } = openWords({ language: 'ar', texts, locale: 'en' });
    const said = [0, 1, 2, 3, 11, 100].map((count) => say('composer.left', { count }).split(' ')[0]);
    expect(said).toEqual(forms);
  });

  test('a form that is missing falls back to the other one', () => {
    const { say } = openWords({
      language: 'fr',
      texts: { 'composer.left.other': '{count} restants' },
      locale: 'fr',
    });
    expect(say('composer.left', { count: 1 })).toBe('1 restants');
  });

  test('what stands in a value is never read as a place', () => {
    expect(inEnglish.say('typing.two', { first: '{second}', second: '$1' })).toBe(
      '{second} and $1 are typing',
    );
  });

  test('a name that reads the other way is isolated, and only that', () => {
    expect(inEnglish.say('typing.named', { name: 'Ana' })).toBe('Ana is typing');
    expect(inEnglish.say('typing.named', { name: 'ليلى' })).toBe('\u2068ليلى\u2069 is typing');
    const arabic = openWords({ language: 'ar', texts: { 'typing.named': '{name} يكتب' }, locale: 'ar' });
    expect(arabic.say('typing.named', { name: 'ليلى' })).toBe('ليلى يكتب');
    expect(arabic.say('typing.named', { name: 'Ana' })).toBe('\u2068Ana\u2069 يكتب');
  });
});

test('pieces keep what is no string', () => {
  const time = { any: 'thing' };
  expect(inEnglish.pieces('state.seenAt', { time })).toEqual(['Seen ', time, '']);
});

test('a reader’s own variety of the language is how numbers and moments are written', () => {
  expect(localeFor('en', ['de-DE', 'en-GB'])).toBe('en-GB');
  expect(localeFor('pt', ['en'])).toBe('pt');
  expect(localeFor('en', ['enm'])).toBe('en');
});
