import { transact } from '#/db/client.ts';
import { noteSighting as writeSighting } from '#/db/widgets.ts';
import { logger } from '#/lib/logger.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { processSingleton } from '#/lib/process.ts';
import { isOrigin } from '#/lib/widgets/rules.ts';

/** The same site is written down this often at most; every visitor of it asks. */
const everyMs = 60_000;
const rememberedMax = 5_000;
/** Sites that are not allowed, of one widget: enough to notice a mistake, too few to fill a table. */
const strangersMax = 20;
/** Anybody can name any site: what is new to this process costs a write this often a minute. */
const newPerMinuteMax = 60;
const originCharsMax = 300;

type Noticed = { untilMs: Map<string, number>; minuteStartMs: number; newInMinute: number };
const noticed = () =>
  processSingleton<Noticed>('widget-sightings', () => ({
    untilMs: new Map(),
    minuteStartMs: Number.NEGATIVE_INFINITY,
    newInMinute: 0,
  }));

/**
 * Notes that a page of this site has the widget's script, for the settings to show. Never throws, and costs a write a
 * minute and site; what cannot be written is lost, and the next visitor brings it again.
 */
export async function noteSighting(key: string, origin: string | null): Promise<void> {
  if (origin === null || origin.length > originCharsMax || !isOrigin(origin)) return;
  const state = noticed();
  const nowMs = performance.now();
  const name = `${key} ${origin}`;
  const untilMs = state.untilMs.get(name);
  if (untilMs !== undefined && untilMs > nowMs) return;
  if (untilMs === undefined && isCrowded(state, nowMs)) return;
  if (state.untilMs.size >= rememberedMax) state.untilMs.clear();
  state.untilMs.set(name, nowMs + everyMs);
  await write(key, origin);
}

function isCrowded(state: Noticed, nowMs: number): boolean {
  if (nowMs - state.minuteStartMs > everyMs) {
    state.minuteStartMs = nowMs;
    state.newInMinute = 0;
  }
  return state.newInMinute++ >= newPerMinuteMax;
}

async function write(key: string, origin: string): Promise<void> {
  try {
    await transact((tx) => {
      authorize({ kind: 'system' }, 'widget.manage', {});
      return writeSighting(tx, key, origin, strangersMax);
    });
  } catch (error) {
    logger().warn('a sighting of a widget was not noted', { error });
  }
}
