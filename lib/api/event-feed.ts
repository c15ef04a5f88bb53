import {
  countFeedEvents,
  type EventReader,
  type FeedQuery,
  findFeedEvent,
  findFeedState,
  findScanEnd,
  isEventWaiting,
  listFeedEvents,
  numberWaitingEvents,
} from '#/db/api/events.ts';
import { read, transact } from '#/db/client.ts';
import { presentEvents } from '#/lib/api/event-payload.ts';
import type { EventRecord } from '#/lib/api/records/events.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { ApiEventType } from '#/lib/events/schema.ts';
import { logger } from '#/lib/logger.ts';
import { processSingleton } from '#/lib/process.ts';

/** The event trail in order, for whoever reads on from a position: the API's feed, and webhooks. */

export type { EventReader } from '#/db/api/events.ts';

/** Events that get their positions in one transaction: some ten milliseconds. */
const batchMax = 2_000;
const batchesPerReadMax = 5;
/** Rows of the trail that one read looks at: who may hear few of them gets an empty page that goes further. */
const scannedMax = 5_000;
const countMax = 10_000;
/** What held up the numbering is over in some milliseconds, but for a relay that waits for the realtime server. */
const heldUpMs = 20;
const heldUpTriesMax = 10;

/**
 * Gives committed events their positions, at most `batchMax` of them. Whoever has read through `head` has missed none:
 * everything that will ever stand there stands there now. `isComplete` false: there is more to number already. Where
 * nothing is new it is one look at an index.
 */
export async function numberEvents(): Promise<{ head: number; isComplete: boolean }> {
  const state = await read(findFeedState);
  if (!state.isBehind) return { head: state.head, isComplete: true };
  for (let tries = 1; ; tries++) {
    const { head, numbered, isComplete } = await transact((tx) => numberWaitingEvents(tx, batchMax));
    if (isComplete || numbered > 0 || tries === heldUpTriesMax) return { head, isComplete };
    await new Promise((next) => setTimeout(next, heldUpMs));
  }
}

export type ReadQuery = {
  /** The position that the reader has read through; 0 is from the beginning. */
  after: number;
  types?: readonly ApiEventType[] | undefined;
  ticketId?: string | undefined;
  limit: number;
};

/**
 * What the reader may hear after a position, in order. `nextAfter` is how far it looked, beyond the last event: store
 * that one. `hasMore`: ask again at once. Throws `invalid` for a position that nothing has.
 */
export async function readEvents(
  reader: EventReader,
  query: ReadQuery,
): Promise<{ events: EventRecord[]; nextAfter: number; hasMore: boolean }> {
  await refuseUnknown(query.after);
  const { head, isComplete } = await numberFor(query);
  return read(async (tx) => {
    // What happened to one ticket has an index of its own.
    const isNarrow = query.ticketId !== undefined;
    const through = isNarrow ? head : await findScanEnd(tx, query.after, head, scannedMax);
    const found = await listFeedEvents(tx, reader, { ...query, through }, query.limit + 1);
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const isFull = found.length > query.limit && last !== undefined;
    return {
      events: await presentEvents(tx, reader, shown),
      nextAfter: isFull ? last.position : through,
      hasMore: isFull || through < head || !isComplete,
    };
  });
}

/** A page of the first years' events is numbered in some batches; what a reader needs now is its next page. */
async function numberFor({ after }: ReadQuery): Promise<{ head: number; isComplete: boolean }> {
  let state = await numberEvents();
  for (let batch = 1; batch < batchesPerReadMax && !state.isComplete && state.head <= after; batch++) {
    state = await numberEvents();
  }
  return state;
}

/**
 * The position from which only what is yet to come is read. Throws `unavailable` while a long history is numbered, which
 * goes on by itself: whoever asks again later finds it done.
 */
export async function latestPosition(): Promise<number> {
  for (let batch = 1; batch <= batchesPerReadMax; batch++) {
    const { head, isComplete } = await numberEvents();
    if (isComplete) return head;
  }
  numberTheRest();
  throw new RefusedError({ code: 'unavailable', reason: 'events_not_numbered', retryAfterMs: 1_000 });
}

/** Batch after batch, once in this process; a failure leaves the rest to whoever asks next. */
function numberTheRest(): void {
  const state = processSingleton('event-numbering', () => ({ isUnderWay: false }));
  if (state.isUnderWay) return;
  state.isUnderWay = true;
  const goOn = async () => {
    while (!(await numberEvents()).isComplete);
  };
  void goOn()
    .catch((error: unknown) => logger().warn('a long history was not numbered', { error }))
    .finally(() => {
      state.isUnderWay = false;
    });
}

/** One event by its id; null for what is not there, or not for this reader. */
export async function findEvent(reader: EventReader, id: string): Promise<EventRecord | null> {
  const [found, isWaiting] = await read((tx) =>
    Promise.all([findFeedEvent(tx, reader, id), isEventWaiting(tx, id)]),
  );
  if (isWaiting) await numberEvents();
  const event = isWaiting ? await read((tx) => findFeedEvent(tx, reader, id)) : found;
  if (event === null) return null;
  const [record] = await read((tx) => presentEvents(tx, reader, [event]));
  return record ?? null;
}

/** How many events the reader would hear after a position; counted to 10,000. */
export async function countEvents(reader: EventReader, query: Omit<FeedQuery, 'through'>): Promise<number> {
  await refuseUnknown(query.after);
  const { head } = await numberEvents();
  return read((tx) => countFeedEvents(tx, reader, { ...query, through: head }, countMax));
}

/** A position that was answered is not above the head. Asked before anything is numbered: a refusal changes nothing. */
async function refuseUnknown(after: number): Promise<void> {
  const { head } = await read(findFeedState);
  if (after > head) throw new RefusedError({ code: 'invalid', reason: 'position_unknown', field: 'after' });
}
