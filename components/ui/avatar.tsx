const tints = ['tint-1', 'tint-2', 'tint-3', 'tint-4', 'tint-5', 'tint-6'] as const;
const sizes = {
  16: 'size-4 text-[8px]',
  20: 'size-5 text-[9px]',
  24: 'size-6 text-[10px]',
  32: 'size-8 text-12',
  40: 'size-10 text-13',
} as const;

/** Two letters of a name on a tint that stays the same for the same name. Decorative: put the name beside it. */
export function Avatar({
  name,
  size = 24,
  title,
}: {
  name: string;
  size?: keyof typeof sizes;
  title?: string;
}) {
  return (
    <span
      {...(title === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': title, title })}
      className={`inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold leading-none ${tintOf(name)} ${sizes[size]}`}
    >
      {initialsOf(name)}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = firstLetter(words[0]);
  const last = words.length > 1 ? firstLetter(words[words.length - 1]) : '';
  return (first + last).toLocaleUpperCase() || '?';
}

function firstLetter(word: string | undefined): string {
  return Array.from(word ?? '').find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '';
}

function tintOf(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return tints[hash % tints.length] ?? 'tint-1';
}
