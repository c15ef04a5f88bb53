import { processSingleton } from '#/lib/process.ts';
import { listAllowedOrigins } from '#/lib/widgets/service.ts';

type Remembered = { origins: string[]; untilMs: number };
const rememberedMs = 30_000;
const rememberedMax = 1_000;
const remembered = () => processSingleton('frame-ancestors', () => new Map<string, Remembered>());

/**
 * The origins that may frame `/widget` for this key, for `frame-ancestors`; empty (so `'none'`) for an unknown key. At
 * most 30 s old. Rejects when it cannot be known now: treat that as nobody.
 */
export async function frameAncestors(widgetKey: string): Promise<string[]> {
  const held = remembered().get(widgetKey);
  if (held !== undefined && held.untilMs > performance.now()) return held.origins;
  const origins = await listAllowedOrigins(widgetKey);
  if (remembered().size >= rememberedMax) remembered().clear();
  // What is unknown is not remembered: a new widget works at once, and made-up keys cost no memory.
  if (origins.length > 0) remembered().set(widgetKey, { origins, untilMs: performance.now() + rememberedMs });
  return origins;
}
