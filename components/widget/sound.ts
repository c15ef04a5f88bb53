import { playTone } from '#/components/ui/tone.ts';

/** News that come together, or to several tabs, are one sound. */
const restMs = 2_500;

/**
 * One sound for a message that came, in one tab of those that show this widget: whoever holds the lock rings and keeps it
 * for a while. Without locks each tab rings for itself, but only the one that is looked at.
 */
export async function ring(widgetKey: string, play: () => void = playTone): Promise<void> {
  if (typeof navigator === 'undefined' || !navigator.locks) {
    if (document.visibilityState === 'visible' && isRested()) play();
    return;
  }
  await navigator.locks
    .request(`parley:ring:${widgetKey}`, { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      play();
      await new Promise((resolve) => setTimeout(resolve, restMs));
    })
    .catch(() => undefined);
}

let rangAtMs = Number.NEGATIVE_INFINITY;
function isRested(): boolean {
  const now = performance.now();
  const isDue = now - rangAtMs > restMs;
  if (isDue) rangAtMs = now;
  return isDue;
}
