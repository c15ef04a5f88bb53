import { describe, expect, test } from 'vitest';
import { placesOf } from '#/lib/texts/catalogue.ts';
import { catalogues, translations } from '#/lib/texts/catalogues.ts';
import { english } from '#/lib/texts/en.ts';
import { acceptedTags, chooseLanguage, languageFor, languages } from '#/lib/texts/languages.ts';
import { launcherTextCharsMax, ownTextCharsMax } from '#/lib/texts/schema.ts';

const originals: Readonly<Record<string, string>> = english;
const counted = Object.keys(english)
  .filter((key) => key.endsWith('.other'))
  .map((key) => key.slice(0, -'.other'.length));
const baseOf = (key: string) => counted.find((base) => key.startsWith(`${base}.`)) ?? null;
const others = languages.filter((language) => language !== 'en');

/** The forms that whole numbers up to 1,000 take in a language; millions may fall back to `other`. */
function formsOf(language: string): string[] {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 1_001 }, (_, count) => rules.select(count)))].sort();
}

function textsOf(language: (typeof languages)[number]): Readonly<Record<string, string>> {
  return { ...translations[language] };
}

describe.each(languages)('%s', (language) => {
  const texts = textsOf(language);

  test('has every text, and of a counted one each form of its numbers', () => {
    const wanted = Object.keys(english).flatMap((key) => {
      const base = baseOf(key);
      return base === null ? [key] : formsOf(language).map((form) => `${base}.${form}`);
    });
    expect([...new Set(wanted)].filter((key) => texts[key] === undefined)).toEqual([]);
  });

  test('has no text that nobody says', () => {
    const isSaid = (key: string) => {
      const base = baseOf(key);
      if (base === null) return Object.hasOwn(english, key);
      return formsOf(language).includes(key.slice(base.length + 1));
    };
    expect(Object.keys(texts).filter((key) => !isSaid(key))).toEqual([]);
  });

  test('has in each text the places that English has', () => {
    const wrong = Object.entries(texts).filter(([key, text]) => {
      const base = baseOf(key);
      const wanted = placesOf(originals[base === null ? key : `${base}.other`] ?? '');
      const places = placesOf(text);
      // "One minute" needs no number.
      const isSpelled =
        base !== null && !key.endsWith('.other') && places.every((each) => wanted.includes(each));
      return places.join() !== wanted.join() && !isSpelled;
    });
    expect(wrong).toEqual([]);
  });

  test('is calm and well set: no exclamation marks, real ellipses and apostrophes, nothing at the edges', () => {
    const wrong = Object.values(texts).filter(
      (text) => /[!！]|\.\.\.|'|"| {2}/.test(text) || text !== text.trim() || text === '',
    );
    expect(wrong).toEqual([]);
  });

  test('fits where it stands', () => {
    const tooLong = Object.entries(texts).filter(
      ([key, text]) => text.length > (key.startsWith('launcher.') ? launcherTextCharsMax : ownTextCharsMax),
    );
    expect(tooLong).toEqual([]);
  });
});

/** The same word in both languages. */
const same: Record<string, readonly string[]> = {
  de: ['panel.title', 'form.name', 'composer.label'],
  fr: ['thread.messages', 'composer.label', 'form.email'],
  es: ['panel.title'],
  pt: ['panel.title', 'form.email'],
  ar: [],
  ja: [],
};
/** Any of these words, whole; `\b` knows no letter beyond English. */
const aWordOf = (words: string) => new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'iu');
const onlyPlaces = /^[^\p{L}]*$/u;

test.each(others)('%s: no English is left over', (language) => {
  const texts = textsOf(language);
  const equal = Object.keys(texts).filter(
    (key) =>
      texts[key] === originals[key] &&
      !onlyPlaces.test((texts[key] ?? '').replace(/\{\w+\}/g, '')) &&
      !same[language]?.includes(key),
  );
  expect(equal).toEqual([]);
  const isLatin = language !== 'ar' && language !== 'ja';
  const words = isLatin
    ? aWordOf('the|you|your|this|and|with|was|when|please|what|write|send|here|not|again|sorry')
    : /[a-z]{2}/i;
  const shown = (text: string) => text.replace(/\{\w+\}|\S+@example\.com|\bZIP\b/g, '');
  // "Was" is German, too.
  const found = Object.values(texts).filter((text) => words.test(shown(text).replace(/\bwas\b/gi, '')));
  expect(found).toEqual([]);
});

test('each language speaks to people in one way', () => {
  const said = (language: (typeof languages)[number]) => Object.values(textsOf(language));
  const wrong = (language: (typeof languages)[number], pattern: RegExp) =>
    said(language).filter((text) => pattern.test(text));
  expect(wrong('de', aWordOf('du|dich|dir|dein|deine|deinen|deiner|euch|euer'))).toEqual([]);
  expect(wrong('fr', aWordOf('tu|toi|te|ton|ta|tes'))).toEqual([]);
  expect(wrong('es', aWordOf('tú|tu|tus|ti|usted|ustedes|vos|os'))).toEqual([]);
  expect(wrong('pt', aWordOf('tu|teu|tua|você|vocês|contigo'))).toEqual([]);
  // Japanese sentences end politely; what is no sentence has no full stop.
  const sentences = said('ja').flatMap((text) => text.match(/[^。]+(?=。)/g) ?? []);
  expect(
    sentences.filter(
      (each) => !/(こんにちは|です|ます|ません|ました|でした|ください|でしょうか|でしたか)$/.test(each),
    ),
  ).toEqual([]);
});

test('a name for screen readers has in it the words that are seen on the button', () => {
  for (const language of languages) {
    const texts: Readonly<Record<string, string | undefined>> = catalogues[language];
    expect(texts['files.retryOne']?.toLowerCase()).toContain(texts['state.retry']?.toLowerCase());
    for (const form of formsOf(language)) {
      // Of none, there is no button.
      if (form === 'zero') continue;
      expect(texts[`thread.toNew.${form}`]).toContain(texts[`thread.newBelow.${form}`]);
    }
  }
});

test('punctuation is the language’s own', () => {
  const wrong = (language: (typeof languages)[number], pattern: RegExp) =>
    Object.values(textsOf(language)).filter((text) => pattern.test(text));
  expect(wrong('fr', /(?<!\u202f)[?;:](?!\S)/)).toEqual([]);
  expect(wrong('es', /^(?=[^¿]*\?)/)).toEqual([]);
  expect(wrong('ar', /[?,;]/)).toEqual([]);
  expect(wrong('ja', /[?,;]|\.(?!com|$)/)).toEqual([]);
});

describe('a text that is missing', () => {
  test('is said in English, never as a form of number that the language does not have', () => {
    for (const language of others) {
      const whole: Readonly<Record<string, string>> = { ...catalogues[language] };
      const written = textsOf(language);
      for (const key of Object.keys(whole)) expect(whole[key]).toBe(written[key] ?? originals[key]);
      for (const base of counted) {
        const forms = Object.keys(whole).filter((key) => key.startsWith(`${base}.`));
        if (written[`${base}.other`] === undefined) continue;
        expect(forms.sort()).toEqual(formsOf(language).map((form) => `${base}.${form}`));
      }
    }
  });
});

describe('the language of a page', () => {
  test('is told by the beginning of its tag', () => {
    const known = {
      'pt-BR': 'pt',
      PT_pt: 'pt',
      ' de-AT ': 'de',
      'ja-Jpan-JP': 'ja',
      ar: 'ar',
      'en-GB': 'en',
    };
    for (const [tag, language] of Object.entries(known)) expect(languageFor(tag)).toBe(language);
    for (const tag of ['zh', 'zh-Hant', '', 'x', 'english', 'constructor', '__proto__', '-', 'e n', '\0']) {
      expect(languageFor(tag)).toBeNull();
    }
  });

  test('falls back to the widget’s own, which falls back to English', () => {
    expect(chooseLanguage({ page: 'zh', accepted: 'fr' }, 'de')).toBe('de');
    expect(chooseLanguage({ page: ' ', accepted: 'zh, fr;q=0.5' }, 'de')).toBe('fr');
    expect(chooseLanguage({ page: null, accepted: null }, 'en')).toBe('en');
  });

  test('is read from any header without harm, the most wanted first', () => {
    expect(acceptedTags('fr;q=0.3, de;q=0.9, *;q=1, ja;q=0, en')).toEqual(['en', 'de', 'fr']);
    for (const header of ['', ',,;', 'q=1', ';q=', 'a;q=x', 'de;q=NaN', 'x'.repeat(10_000)]) {
      expect(Array.isArray(acceptedTags(header))).toBe(true);
    }
  });
});
