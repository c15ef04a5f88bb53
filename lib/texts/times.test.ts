import { expect, test } from 'vitest';
import { catalogues } from '#/lib/texts/catalogues.ts';
import { type Language, languages } from '#/lib/texts/languages.ts';
import { openWords } from '#/lib/texts/words.ts';

const inLanguage = (language: Language) =>
  openWords({ language, texts: catalogues[language], locale: language });
const local = (day: number, hour: number, month = 10, year = 2026) =>
  new Date(year, month, day, hour).toISOString();
// A Friday.
const now = new Date(2026, 10, 20, 12).getTime();

test('a day is said as people say it, capitalised where it stands alone', () => {
  const german = inLanguage('de');
  expect(german.day(local(20, 9), now)).toBe('Heute');
  expect(german.day(local(19, 9), now)).toBe('Gestern');
  expect(german.day(local(16, 9), now)).toBe('Montag');
  expect(german.day(local(3, 9), now)).toBe('3. November');
  expect(german.day(local(3, 9, 10, 2025), now)).toBe('3. November 2025');
  const french = inLanguage('fr');
  expect(french.day(local(16, 9), now)).toBe('Lundi');
  expect(french.dayInside(local(16, 9), now)).toBe('lundi');
  expect(inLanguage('en').day(local(21, 9), now)).toBe('Tomorrow');
});

test('a moment to come has its day and its time, today only the time', () => {
  const german = inLanguage('de');
  expect(german.moment(local(20, 16), now)).toBe('16:00');
  expect(german.moment(local(21, 9), now)).toBe('Morgen 09:00');
  expect(german.moment(local(23, 9), now)).toBe('Montag 09:00');
});

test('how long ago is said in every language, with the number in it', () => {
  const at = (ms: number) => new Date(now - ms).toISOString();
  for (const language of languages) {
    const { ago, say } = inLanguage(language);
    expect(ago(at(20_000), now)).toBe(say('time.now'));
    expect(ago(at(-20_000), now)).toBe(say('time.now'));
    expect(ago(at(4 * 60_000), now)).toMatch(/4/);
    expect(ago(at(3 * 3_600_000), now)).toMatch(/3/);
    expect(ago(at(5 * 86_400_000), now)).toMatch(/5/);
    expect(ago(at(21 * 86_400_000), now)).toMatch(/3/);
  }
});

test('the exact moment has day, month, year and seconds', () => {
  for (const language of languages) {
    expect(inLanguage(language).full(local(3, 9))).toMatch(/2026/);
  }
});
