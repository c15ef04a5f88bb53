import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasMovedItself,
  indexAt,
  layoutOf,
  pushedBy,
  settled,
} from '#/components/inbox/list/steady-scroll.ts';

const rowPx = 56;

/** Where a row is on the screen, measured from the view's upper edge, in a layout as the page draws it. */
function yOf(index: number, layout: { leadPx: number; scrollTop: number }): number {
  return layout.leadPx + index * rowPx - layout.scrollTop;
}

describe('the row under the pointer or in focus', () => {
  const ids = fc.uniqueArray(fc.nat(200).map(String), { minLength: 1, maxLength: 60 });

  test('stays where it is whatever comes and goes around it, in lists of any length', () => {
    fc.assert(
      fc.property(
        ids,
        fc.nat(),
        fc.array(fc.nat(200).map((id) => `new${id}`)),
        fc.func(fc.boolean()),
        fc.integer({ min: -300, max: 3_000 }),
        fc.integer({ min: 100, max: 900 }),
        fc.nat(),
        (before, pick, arriving, leaves, above, viewPx, where) => {
          const anchor = pick % before.length;
          const id = before[anchor];
          const stay = before.filter((each) => each === id || !leaves(each));
          const after = stay.toSpliced(where % (stay.length + 1), 0, ...new Set(arriving));
          const view = { above, rowPx, viewPx, count: before.length };
          const was = layoutOf(view);
          const pushed = pushedBy(before, after, anchor);
          const now = layoutOf({ ...view, above: above + pushed * rowPx, count: after.length });
          expect(yOf(after.indexOf(id ?? ''), now)).toBe(yOf(anchor, was));
        },
      ),
    );
  });

  test('can be scrolled to: blank room makes up for a list that is too short', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -500, max: 5_000 }),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 100, max: 900 }),
        (above, count, viewPx) => {
          const { leadPx, tailPx, scrollTop } = layoutOf({ above, rowPx, viewPx, count });
          const reach = Math.max(0, leadPx + count * rowPx + tailPx - viewPx);
          expect(scrollTop).toBeLessThanOrEqual(above <= 0 ? 0 : reach);
          expect(leadPx === 0 || tailPx === 0).toBe(true);
        },
      ),
    );
  });

  test('is not followed when it went to another place by itself', () => {
    const before = ['a', 'b', 'c', 'd', 'e'];
    expect(pushedBy(before, ['b', 'c', 'd', 'a', 'e'], 0)).toBe(0);
    expect(pushedBy(before, ['new', ...before], 2)).toBe(1);
  });

  test('leaves its place to the one after it when it goes', () => {
    const before = ['a', 'b', 'c', 'd'];
    expect(pushedBy(before, ['a', 'c', 'd'], 1)).toBe(0);
    expect(pushedBy(before, ['x', 'a', 'c', 'd'], 1)).toBe(1);
    expect(pushedBy(before, ['a'], 3)).toBe(0);
    expect(pushedBy(before, ['z'], null)).toBe(0);
  });
});

test('a row that others came or went above was pushed, one that passed several has moved', () => {
  const before = ['a', 'b', 'c', 'd', 'e'];
  expect(hasMovedItself('c', before, ['new', ...before])).toBe(false);
  expect(hasMovedItself('c', before, ['b', 'c', 'd', 'e'])).toBe(false);
  expect(hasMovedItself('c', before, ['a', 'c', 'd', 'e', 'b'])).toBe(false);
  expect(hasMovedItself('a', before, ['b', 'c', 'd', 'a', 'e'])).toBe(true);
});

test('with nobody pointing, rows fill the view and no blank room is left', () => {
  const view = { rowPx, viewPx: 560, count: 20 };
  expect(settled({ ...view, above: -120 })).toBe(0);
  expect(settled({ ...view, above: 200 })).toBe(200);
  expect(settled({ ...view, above: 5_000 })).toBe(560);
  expect(settled({ ...view, above: 300, count: 3 })).toBe(0);
});

test('a height of the view is a row, or none', () => {
  const view = { above: 56 * 3, rowPx, viewPx: 560, count: 5 };
  expect(indexAt(0, view)).toBe(3);
  expect(indexAt(57, view)).toBe(4);
  expect(indexAt(56 * 2, view)).toBeNull();
  expect(indexAt(10, { ...view, above: -56 })).toBeNull();
});
