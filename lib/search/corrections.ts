/** Which words may have been meant by one that is nowhere. Pure: the words that there are come from the database. */

/** Alphabets in which a letter may have been mistaken for another, folded as search folds them. */
const alphabets = [
  'abcdefghijklmnopqrstuvwxyz',
  'абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ',
  'αβγδεζηθικλμνξοπρσςτυφχψω',
  'ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءئؤآأإپچژگ',
  'אבגדהוזחטיכךלמםנןסעפףצץקרשת',
];
const wordCharsMin = 3;
const wordCharsMax = 24;

/** Only words of letters are corrected: a number that is not there is another number. */
export function isCorrectable(word: string): boolean {
  const { length } = Array.from(word);
  return length >= wordCharsMin && length <= wordCharsMax && /^\p{L}+$/u.test(word);
}

/** Every word that is one slip away: a letter too many, too few, another one, or two in the wrong order. */
export function slipsOf(word: string): string[] {
  const letters = Array.from(word);
  const alphabet = alphabets.find((each) => letters.some((letter) => each.includes(letter))) ?? '';
  const slips = new Set<string>();
  for (let at = 0; at <= letters.length; at++) {
    const head = letters.slice(0, at).join('');
    const [first = '', second, ...rest] = letters.slice(at);
    const tail = `${second ?? ''}${rest.join('')}`;
    if (first !== '') slips.add(head + tail);
    if (second !== undefined) slips.add(head + second + first + rest.join(''));
    for (const letter of alphabet) {
      slips.add(head + letter + first + tail);
      if (first !== '') slips.add(head + letter + tail);
    }
  }
  slips.delete(word);
  slips.delete('');
  return [...slips];
}

/** How many slips lead from one word to the other; two neighbours in the wrong order are one. */
export function slipsBetween(one: string, other: string): number {
  const a = Array.from(one);
  const b = Array.from(other);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(slips);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The likeliest first: fewer slips, the same beginning, the more usual word. */
export function rankMeant(
  word: string,
  known: readonly { word: string; entries: number }[],
  max: number,
): string[] {
  const { length } = Array.from(word);
  const slipsMax = length < 6 ? 1 : length < 10 ? 2 : 3;
  return known
    .filter((each) => each.word !== word)
    .map((each) => ({
      ...each,
      slips: slipsBetween(word, each.word),
      isOtherwiseBegun: each.word.charAt(0) === word.charAt(0) ? 0 : 1,
    }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((a, b) => a.slips - b.slips || a.isOtherwiseBegun - b.isOtherwiseBegun || b.entries - a.entries)
    .slice(0, max)
    .map((each) => each.word);
}
