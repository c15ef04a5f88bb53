import { textOn } from '#/lib/embed/protocol.ts';

/** Contrast of two `#rrggbb` colours as WCAG defines it, 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance of `#rrggbb` as WCAG defines it, 0 to 1. */
function luminanceOf(color: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/**
 * A site's colour as the widget's roles: on it, text that reads at 4.5 : 1 or better; as text on our own surfaces, the
 * colour moved towards black or white just as far as 4.5 : 1 needs, once for light and once for dark.
 */
export function accentRoles(accent: string): {
  '--accent': string;
  '--accent-text': string;
  '--accent-ink': string;
  '--accent-bg': string;
} {
  const onLight = inkOn(accent, lightSurface, '#000000');
  const onDark = inkOn(accent, darkSurface, '#ffffff');
  return {
    '--accent': accent,
    '--accent-text': textOn(accent),
    '--accent-ink': `light-dark(${onLight}, ${onDark})`,
    '--accent-bg': `color-mix(in oklab, ${accent} 12%, transparent)`,
  };
}

/** The darkest surface of the light theme and the lightest of the dark one: what reads there reads everywhere. */
export const lightSurface = '#f1f0ed';
export const darkSurface = '#26272a';

/** `color`, moved towards `towards` in steps of 4 % until it has 4.5 : 1 on `surface`. */
export function inkOn(color: string, surface: string, towards: '#000000' | '#ffffff'): string {
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = mix(color, towards, share);
    if (contrastOf(mixed, surface) >= 4.5) return mixed;
  }
  return towards;
}

function mix(from: string, to: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((color) => Number.parseInt(color.slice(at, at + 2), 16));
    return Math.round((a ?? 0) * (1 - share) + (b ?? 0) * share);
  });
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
