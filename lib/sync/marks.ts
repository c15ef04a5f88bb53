import type { ReadMark } from '#/lib/tickets/schema.ts';

/** Read marks only grow: the higher one of each reader stays. Same array: nothing grew. */
export function mergeMarks(marks: readonly ReadMark[], news: readonly ReadMark[]): readonly ReadMark[] {
  let merged = marks;
  for (const mark of news) {
    const known = merged.find(
      (other) => other.reader.kind === mark.reader.kind && other.reader.id === mark.reader.id,
    );
    if (known !== undefined && known.through >= mark.through) continue;
    merged = [...merged.filter((other) => other !== known), mark];
  }
  return merged;
}
