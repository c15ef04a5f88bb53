import { type CSSProperties, use } from 'react';
import { FacesContext } from '#/components/conversation/faces.ts';

/** A face: the person's picture, else initials on a hue that stays with them. Decoration; the name stands beside it. */
export function Avatar({ name, id, size = 24 }: { name: string | null; id: string; size?: 24 | 32 | 40 }) {
  const shape = { 24: 'size-6 text-[10px]', 32: 'size-8 text-12', 40: 'size-10 text-13' }[size];
  const picture = use(FacesContext)[id];
  return (
    <span
      aria-hidden="true"
      style={hueStyle(id)}
      className={`avatar ${shape} relative inline-flex shrink-0 select-none items-center justify-center overflow-hidden rounded-full font-semibold leading-none`}
    >
      {initialsOf(name)}
      {picture === undefined ? null : (
        // biome-ignore lint/performance/noImgElement: it is small already; the initials below it stay where it cannot be had.
        <img src={`/api/pictures/${picture}`} alt="" className="absolute size-full object-cover" />
      )}
    </span>
  );
}

// React's style type knows no custom properties; the annotation names the one that is set.
function hueStyle(id: string): CSSProperties & { '--hue': string } {
  return { '--hue': String(hueOf(id)) };
}

function initialsOf(name: string | null): string {
  const words = (name ?? '').split(/[\s@._-]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const first = Array.from(words[0] ?? '')[0] ?? '?';
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? '')[0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

function hueOf(id: string): number {
  let hash = 7;
  for (const char of id) hash = (hash * 131 + (char.codePointAt(0) ?? 0)) % 65_521;
  // Steps of the golden angle: ids that differ little still get hues far apart.
  return Math.round((hash * 137.5) % 360);
}
