import { type Tag, type TagColor, tagColors, tagNameMax } from '#/lib/tags/schema.ts';

export type TagOption = { kind: 'tag'; tag: Tag } | { kind: 'create'; name: string };

/** What the tag field offers for what was typed: fitting tags, and to make a new one of a name that nobody has. */
export function tagOptions(tags: readonly Tag[], query: string): TagOption[] {
  const name = query.trim().replace(/\s+/gu, ' ');
  const wanted = folded(name);
  const fitting = tags.filter((tag) => folded(tag.name).includes(wanted));
  const ranked = fitting.sort(
    (a, b) =>
      Number(folded(b.name).startsWith(wanted)) - Number(folded(a.name).startsWith(wanted)) ||
      a.name.localeCompare(b.name),
  );
  const isTaken = tags.some((tag) => folded(tag.name) === wanted);
  const isNew = name !== '' && !isTaken && name.length <= tagNameMax;
  return [
    ...ranked.map((tag) => ({ kind: 'tag' as const, tag })),
    ...(isNew ? [{ kind: 'create' as const, name }] : []),
  ];
}

/** The colour that the fewest tags have, so that new ones can be told apart. */
export function rarestColor(tags: readonly Tag[]): TagColor {
  const count = (color: TagColor) => tags.filter((tag) => tag.color === color).length;
  const [first, ...others] = tagColors.filter((color) => color !== 'grey');
  return others.reduce((best, color) => (count(color) < count(best) ? color : best), first ?? 'grey');
}

function folded(text: string): string {
  return text.trim().toLocaleLowerCase();
}
