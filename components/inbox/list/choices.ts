/** One thing that can be picked from a list. */
export type Choice = { id: string; label: string; hint?: string };

/** The choices that a search text leaves: whose label has every word of it, those beginning with it first. */
export function foundChoices<Each extends Choice>(choices: readonly Each[], text: string): Each[] {
  const words = plain(text).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [...choices];
  const found = choices.filter(({ label, hint }) => {
    const whole = plain(`${label} ${hint ?? ''}`);
    return words.every((word) => whole.includes(word));
  });
  const begins = (choice: Each) => plain(choice.label).startsWith(words[0] ?? '');
  return [...found.filter(begins), ...found.filter((choice) => !begins(choice))];
}

/** Without accents and case: "Zoë" is found by "zoe". */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim();
}

const units = [
  { name: 'min', minutes: 1 },
  { name: 'h', minutes: 60 },
  { name: 'd', minutes: 1_440 },
];
const usualMinutes = [10, 30, 60, 240, 480, 1_440, 4_320];

/** Waiting times to pick from, in minutes: the usual ones, or what a typed number can mean. */
export function waitingMinutesFor(text: string): number[] {
  const [, digits, unit = ''] = /^(\d{1,5})\s*(\p{L}*)$/u.exec(text.trim()) ?? [];
  const count = Number(digits ?? 0);
  if (count === 0) return text.trim() === '' ? usualMinutes : [];
  const meant = units.filter(({ name }) => name.startsWith(unit.toLocaleLowerCase()[0] ?? ''));
  return meant.map(({ minutes }) => count * minutes);
}
