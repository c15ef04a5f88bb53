import { expect, test } from 'vitest';
import { extendTo, nothingSelected, pruned, tickedMax, toggle } from '#/components/inbox/list/selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
const idsOf = (state: { ids: ReadonlySet<string> }) => [...state.ids].toSorted().join('');

test('a range goes from the last one ticked by itself, up as well as down, and can be taken back to another end', () => {
  const one = toggle(nothingSelected, 'c', order);
  expect(idsOf(extendTo(one, 'e', order))).toBe('cde');
  expect(idsOf(extendTo(one, 'a', order))).toBe('abc');
  expect(idsOf(toggle(extendTo(one, 'e', order), 'd', order))).toBe('ce');
});

test('a range without a beginning ticks its end alone', () => {
  expect(idsOf(extendTo(nothingSelected, 'b', order))).toBe('b');
  expect(idsOf(extendTo(toggle(nothingSelected, 'gone', order), 'b', order))).toBe('bgone');
  expect(extendTo(nothingSelected, 'unknown', order)).toBe(nothingSelected);
});

test('unticking one of all that match leaves the loaded others, not the ones nobody saw', () => {
  const all = { ids: new Set<string>(), isAll: true, anchor: null };
  expect(toggle(all, 'b', order)).toMatchObject({ isAll: false });
  expect(idsOf(toggle(all, 'b', order))).toBe('acde');
});

test('what leaves the list is no longer ticked; all that match stays all that match', () => {
  const two = extendTo(toggle(nothingSelected, 'a', order), 'b', order);
  expect(idsOf(pruned(two, order.slice(1)))).toBe('b');
  expect(pruned(two, order)).toBe(two);
  const all = { ids: new Set<string>(), isAll: true, anchor: null };
  expect(pruned(all, [])).toBe(all);
});

test('more than one act takes are not ticked: those nearest to where the range began are', () => {
  const long = Array.from({ length: 300 }, (_, index) => ({ id: `t${index}` }));
  const down = extendTo(toggle(nothingSelected, 't10', long), 't299', long);
  expect(down.ids.size).toBe(tickedMax);
  expect(down.ids.has('t10') && down.ids.has('t109') && !down.ids.has('t110')).toBe(true);
  const up = extendTo(toggle(nothingSelected, 't250', long), 't0', long);
  expect(up.ids.has('t250') && up.ids.has('t151') && !up.ids.has('t150')).toBe(true);
  expect(toggle(down, 't299', long).ids.size).toBe(tickedMax);
});
