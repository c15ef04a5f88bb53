/** The ids with one moved so that it stands at another's place; the same array when nothing moves. */
export function moved(ids: readonly string[], id: string, to: number): readonly string[] {
  const from = ids.indexOf(id);
  const target = Math.max(0, Math.min(ids.length - 1, to));
  if (from === -1 || from === target) return ids;
  return ids.toSpliced(from, 1).toSpliced(target, 0, id);
}

/** Things in a wished order; what the wish does not name stays behind it, in its own order. */
export function ordered<Each extends { id: string }>(
  things: readonly Each[],
  ids: readonly string[],
): Each[] {
  const places = new Map(ids.map((id, index) => [id, index]));
  const placeOf = (thing: Each) => places.get(thing.id) ?? ids.length;
  return things.toSorted((a, b) => placeOf(a) - placeOf(b));
}
