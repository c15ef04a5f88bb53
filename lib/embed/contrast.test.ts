import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accentRoles, contrastOf, darkSurface, inkOn, lightSurface } from '#/lib/embed/contrast.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('contrast is that of WCAG', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastOf('#ffffff', '#ffffff')).toBe(1);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test("any site's colour becomes a text colour that reads in both themes", () => {
  fc.assert(
    fc.property(colour, (accent) => {
      expect(contrastOf(inkOn(accent, lightSurface, '#000000'), lightSurface)).toBeGreaterThanOrEqual(4.5);
      expect(contrastOf(inkOn(accent, darkSurface, '#ffffff'), darkSurface)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

test('a colour that reads already is left as it is', () => {
  expect(inkOn('#1d3f8f', lightSurface, '#000000')).toBe('#1d3f8f');
  expect(accentRoles('#3b6fe0')['--accent']).toBe('#3b6fe0');
});
