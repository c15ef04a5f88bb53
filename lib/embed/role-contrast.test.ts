import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accentRoles, contrastOf } from '#/lib/embed/contrast.ts';

/*
 * The widget's colours, computed from the tokens that the browser gets: every role that is text, on every surface that
 * it stands on, in both themes and for any colour of a site.
 */

/** Red, green and blue from 0 to 1 and how much of it covers what lies below. */
type Paint = { rgb: readonly [number, number, number]; alpha: number };

const tokens = readFileSync(new URL('../../app/tokens.css', import.meta.url), 'utf8');
const themes = ['light', 'dark'] as const;

function role(name: string, theme: (typeof themes)[number]): Paint {
  const match = new RegExp(`--${name}: light-dark\\((oklch\\([^)]*\\)), (oklch\\([^)]*\\))\\);`).exec(tokens);
  const colour = match?.[theme === 'light' ? 1 : 2];
  if (colour === undefined) throw new Error(`There is no role ${name}.`);
  return paintOf(colour);
}

function paintOf(oklch: string): Paint {
  const [lightness = 0, chroma = 0, hue = 0, alpha = 100] = (oklch.match(/[\d.]+/g) ?? []).map(Number);
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const [red = 0, green = 0, blue = 0] = linear.map((value) => {
    const clipped = Math.min(1, Math.max(0, value));
    return clipped > 0.0031308 ? 1.055 * clipped ** (1 / 2.4) - 0.055 : 12.92 * clipped;
  });
  return { rgb: [red, green, blue], alpha: alpha / 100 };
}

function hexPaint(hex: string, alpha: number): Paint {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return { rgb: [part(1), part(3), part(5)], alpha };
}

function over(upper: Paint, lower: Paint): Paint {
  const [red, green, blue] = upper.rgb;
  const [r, g, b] = lower.rgb;
  const mixed = (one: number, other: number) => one * upper.alpha + other * (1 - upper.alpha);
  return { rgb: [mixed(red, r), mixed(green, g), mixed(blue, b)], alpha: 1 };
}

function hexOf({ rgb }: Paint): string {
  return `#${rgb
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe.each(themes)('%s', (theme) => {
  const bg = role('bg', theme);
  const surfaces = {
    bg,
    'bg-raised': role('bg-raised', theme),
    'bg-sunken': role('bg-sunken', theme),
    'bg-hover on bg': over(role('bg-hover', theme), bg),
    'bg-hover on bg-raised': over(role('bg-hover', theme), role('bg-raised', theme)),
  };

  test.each(['text', 'text-muted', 'text-faint', 'good', 'bad'])('%s reads on every surface', (name) => {
    const low = Object.entries(surfaces)
      .map(([surface, paint]) => ({ surface, ratio: contrastOf(hexOf(role(name, theme)), hexOf(paint)) }))
      .filter(({ ratio }) => ratio < 4.5);
    expect(low).toEqual([]);
  });

  test('what was not sent reads on its own ground', () => {
    for (const below of ['bg', 'bg-raised']) {
      const ground = hexOf(over(role('bad-bg', theme), role(below, theme)));
      for (const name of ['text', 'bad']) {
        expect(contrastOf(hexOf(role(name, theme)), ground), `${name} on ${below}`).toBeGreaterThanOrEqual(
          4.5,
        );
      }
    }
  });

  test('any site’s colour: text on it, it as text, and text on the veil that it puts over home', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const roles = accentRoles(accent);
        const onAccent = roles['--accent-text'] === '#fff' ? '#ffffff' : '#000000';
        expect(contrastOf(accent, onAccent)).toBeGreaterThanOrEqual(4.5);
        const inks = roles['--accent-ink'].match(/#[0-9a-f]{6}/g) ?? [];
        const ink = inks[theme === 'light' ? 0 : 1] ?? '';
        for (const paint of Object.values(surfaces)) {
          expect(contrastOf(ink, hexOf(paint))).toBeGreaterThanOrEqual(4.5);
        }
        const veiled = hexOf(over(hexPaint(accent, 0.12), bg));
        for (const name of ['text', 'text-muted']) {
          expect(contrastOf(hexOf(role(name, theme)), veiled)).toBeGreaterThanOrEqual(4.5);
        }
      }),
      { numRuns: 500 },
    );
  });
});
