import type { CountedKey, TextKey, Texts } from '#/lib/texts/catalogue.ts';
import type { english } from '#/lib/texts/en.ts';
import { isRightToLeft } from '#/lib/texts/languages.ts';
import { openTimes, type Times } from '#/lib/texts/times.ts';

type PlacesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | PlacesIn<Rest> : never;
type Original<Key> = Key extends TextKey
  ? (typeof english)[Key]
  : Key extends CountedKey
    ? (typeof english)[`${Key}.other`]
    : never;
type Places<Key, Value> = Record<PlacesIn<Original<Key>>, Value>;

/** What is put into a text: words as they are, numbers as the language writes them. */
export type Values<Key, Value = string | number> = [PlacesIn<Original<Key>>] extends [never]
  ? []
  : [values: Places<Key, Value>];

/** A text with its values in place. A counted text takes the form that its `count` asks for. */
export type Say = <Key extends TextKey | CountedKey>(key: Key, ...values: Values<Key>) => string;

/** The same in pieces, for what is no string: the pieces of the text, and between them whatever stands in its places. */
export type Pieces = <Key extends TextKey, Value>(
  key: Key,
  ...values: Values<Key, Value>
) => (string | Value)[];

export type Words = Times & {
  language: string;
  direction: 'ltr' | 'rtl';
  say: Say;
  pieces: Pieces;
  number(value: number): string;
};

/**
 * One language to speak in. `locale` is how moments and numbers are written: the reader's own variety of the language
 * (`localeFor`), or undefined for whatever their browser is set to. A text that is not there is said in its key: a test
 * proves that there is none.
 */
export function openWords(spoken: {
  language: string;
  texts: Texts | Readonly<Record<string, string>>;
  locale: string | undefined;
}): Words {
  const { language, locale } = spoken;
  const texts: Readonly<Record<string, string | undefined>> = spoken.texts;
  const direction = isRightToLeft(language) ? 'rtl' : 'ltr';
  // Made when they are first needed: each costs the first paint more than all texts together.
  let numbers: Intl.NumberFormat | undefined;
  let forms: Intl.PluralRules | undefined;
  const number = (value: number) => {
    numbers ??= new Intl.NumberFormat(locale);
    return numbers.format(value);
  };

  function textOf(key: string, count: unknown): string {
    const exact = texts[key];
    if (exact !== undefined) return exact;
    forms ??= new Intl.PluralRules(language);
    const form = typeof count === 'number' ? forms.select(count) : 'other';
    return texts[`${key}.${form}`] ?? texts[`${key}.other`] ?? key;
  }

  function pieces<Value>(key: string, values: Readonly<Record<string, Value>>): (string | Value)[] {
    // Every second piece is the name of a place.
    return textOf(key, values.count)
      .split(/\{(\w+)\}/)
      .map((piece, index) => (index % 2 === 0 ? piece : (values[piece] ?? '')));
  }

  function written(value: string | number): string {
    return typeof value === 'number' ? number(value) : isolated(value, direction);
  }

  const say: Say = (key, ...[values]) =>
    pieces<string | number>(key, values ?? {})
      .map((piece, index) => (index % 2 === 0 ? piece : written(piece)))
      .join('');

  return {
    ...openTimes(locale, say),
    language,
    direction,
    say,
    pieces: (key, ...[values]) => pieces(key, values ?? {}),
    number,
  };
}

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;
const leftToRight = /(?![\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC])[\p{L}\p{N}]/u;

/** A value that reads the other way than the words around it moves none of them: it is wrapped in isolates. */
export function isolated(value: string, direction: 'ltr' | 'rtl'): string {
  const isOther = (direction === 'rtl' ? leftToRight : rightToLeft).test(value);
  return isOther ? `\u2068${value}\u2069` : value;
}

/**
 * How to write moments and numbers in a language: as the reader's own variety of it does (`en-GB` for `en`), if they
 * have one.
 */
export function localeFor(language: string, readers: readonly string[]): string {
  return readers.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}
