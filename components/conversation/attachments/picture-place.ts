import type { FileRef } from '#/lib/files/schema.ts';

/** The longest side of a picture in a thread, in pixels of the page. */
const sideMax = 240;

/** Of a picture its size in the thread, of anything else nothing. */
export function placeOf({
  hasThumbnail,
  width,
  height,
}: FileRef): { width: number; height: number } | undefined {
  if (!hasThumbnail || width === undefined || height === undefined) return undefined;
  const scale = Math.min(1, sideMax / width, sideMax / height);
  return { width: Math.max(72, Math.round(width * scale)), height: Math.max(56, Math.round(height * scale)) };
}
