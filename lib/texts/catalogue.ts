import type { english } from '#/lib/texts/en.ts';

/** One text of the widget; see `en.ts`. */
export type TextKey = keyof typeof english;

/** What is said with a number: `home.unread` stands for `home.unread.one`, `home.unread.other` and so on. */
export type CountedKey = TextKey extends infer Key
  ? Key extends `${infer Base}.other`
    ? Base
    : never
  : never;

/** The forms that a language can have, as `Intl.PluralRules` names them. */
export type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** A whole catalogue: every text, and of a counted one the forms that its language has. */
export type Texts = Record<Exclude<TextKey, `${CountedKey}.one`>, string> &
  Partial<Record<`${CountedKey}.${PluralForm}`, string>>;

/** A language as it is written down: no key that nobody says. What is missing is said in English; a test names it. */
export type Translation = Partial<Texts>;

/** The names of the places in a text, sorted: `{first} and {second}` has `first` and `second`. */
export function placesOf(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
}
