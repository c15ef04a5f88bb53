import { read, type Tx, transact } from '#/db/client.ts';
import { insertEvent } from '#/db/events.ts';
import {
  advanceWebhook,
  type BegunAttempt,
  beginAttempt,
  deleteOldDeliveries,
  disableWebhook,
  endLease,
  failForgotten,
  insertAttempt,
  insertDeliveries,
  type Lease,
  type ListeningWebhook,
  listListening,
  lockWebhook,
  noteFailure,
  noteSuccess,
  pauseWebhook,
  settleAttempt,
  takeLease,
} from '#/db/webhooks.ts';
import { type EventReader, numberEvents, readEvents } from '#/lib/api/event-feed.ts';
import type { AttemptRecord, DisabledReason } from '#/lib/api/records/webhooks.ts';
import { apiEventTypes, eventsPerPageMax } from '#/lib/events/schema.ts';
import { newId } from '#/lib/ids.ts';
import { runTurns, type Turns } from '#/lib/jobs/turns.ts';
import { logger } from '#/lib/logger.ts';
import { fetchOutbound, type Outbound } from '#/lib/outbound/fetch.ts';
import { processSingleton } from '#/lib/process.ts';
import {
  type AttemptOutcome,
  askedMsOf,
  isLastingFailure,
  outcomeOf,
  pauseMsAfter,
  scopesOfTypes,
} from '#/lib/webhooks/rules.ts';
import { deliveryDaysKept, deliveryHoursMax } from '#/lib/webhooks/schema.ts';
import { signatureHeaders } from '#/lib/webhooks/signature.ts';

const everyMs = 1_000;
/** Where there is no webhook; whoever makes one wakes its own process at once. */
const idleEveryMs = 5_000;
/** Webhooks that one process sends for at the same time. Of one webhook, one event is sent after the other. */
const lanesMax = 4;
const attemptsPerLease = 50;
/** Longer than an attempt takes: whoever took a webhook and did not renew it by then is gone. */
const leaseSeconds = 30;
/** What is begun this long after the lease was renewed may be somebody else's before it ends. */
const beginWithinMs = 20_000;
/** An attempt whose receiver takes its time is somebody else's when the lease is over. */
const stopMsMax = 1_000;
const answerBytesKept = 4_000;
const tidyEveryMs = 600_000;
const tidiedMax = 1_000;

const waker = () => processSingleton<{ wake: () => void }>('webhooks', () => ({ wake: () => {} }));

/** Something about webhooks changed: where this process sends them, it looks now. */
export function wakeWebhooks(): void {
  waker().wake();
}

/**
 * Tells webhooks of events: notes what each is to be told, in the order of the feed, and sends it until it was taken or
 * a day is over. Any number of processes share the work, webhook by webhook; none sends an attempt that another sends.
 */
export function startWebhooks(): Turns {
  const lanes = new Set<Promise<void>>();
  let tidyAtMs = performance.now();
  const turns = runTurns({
    name: 'webhooks',
    everyMs,
    turn: async (isStopped) => {
      if (performance.now() >= tidyAtMs) {
        await tidy();
        tidyAtMs = performance.now() + tidyEveryMs;
      }
      const listening = await read((tx) => listListening(tx));
      if (listening.length === 0) return idleEveryMs;
      // What waits goes on also where nothing new can be noted now.
      await fillLanes(lanes, isStopped);
      const hasMore = await noteEvents(listening, isStopped);
      await fillLanes(lanes, isStopped);
      return hasMore ? 0 : undefined;
    },
  });
  waker().wake = turns.wake;
  return {
    wake: turns.wake,
    async stop() {
      await turns.stop();
      await settledWithin(lanes, stopMsMax);
    },
  };
}

async function settledWithin(work: Iterable<Promise<unknown>>, ms: number): Promise<void> {
  const { promise: isOver, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.allSettled(work), isOver]);
  clearTimeout(timer);
}

/** Everything that is to be done now, at once: for tests. */
export async function deliverDue(): Promise<void> {
  const goesOn = () => false;
  while (await noteEvents(await read((tx) => listListening(tx)), goesOn));
  for (;;) {
    const lease = await transact((tx) => takeLease(tx, newId(), leaseSeconds));
    if (lease === null) return;
    await sendAll(lease, goesOn);
  }
}

/** Writes down what each webhook is to be told; true when there is more to write down already. */
async function noteEvents(
  listening: readonly ListeningWebhook[],
  isStopped: () => boolean,
): Promise<boolean> {
  if (listening.length === 0) return false;
  const { head, isComplete } = await numberEvents();
  let hasMore = !isComplete;
  const failures: unknown[] = [];
  for (const webhook of listening) {
    if (isStopped() || webhook.through >= head || !isKnown(webhook)) continue;
    try {
      if (await noteFor(webhook)) hasMore = true;
    } catch (error) {
      // The trouble of one is none of the others'.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return hasMore;
}

/** One that a newer build made is left to that build, which knows what to tell it. */
function isKnown({ types }: ListeningWebhook): boolean {
  return types.every((type) => apiEventTypes.includes(type));
}

async function noteFor(webhook: ListeningWebhook): Promise<boolean> {
  const { id, through, types } = webhook;
  const page = await readEvents(readerOf(webhook), { after: through, types, limit: eventsPerPageMax });
  if (page.nextAfter <= through) return page.hasMore;
  const deliveries = page.events.map((event) => ({
    ...{ id: newId(), eventId: event.id, type: event.type, position: event.position },
    body: JSON.stringify(event),
  }));
  await transact(async (tx) => {
    if (!(await advanceWebhook(tx, id, through, page.nextAfter))) return;
    await insertDeliveries(tx, id, deliveries, deliveryHoursMax);
  });
  return page.hasMore;
}

/** A webhook reads what a key of its department, or of all, would, with no more than its types need. */
function readerOf({ id, departmentId, types }: ListeningWebhook): EventReader {
  const role = departmentId === null ? 'robot' : 'department_robot';
  return { actor: { kind: 'agent', id, role, departmentId }, scopes: scopesOfTypes(types) };
}

async function fillLanes(lanes: Set<Promise<void>>, isStopped: () => boolean): Promise<void> {
  while (lanes.size < lanesMax && !isStopped()) {
    const lease = await transact((tx) => takeLease(tx, newId(), leaseSeconds));
    if (lease === null) return;
    const lane: Promise<void> = sendAll(lease, isStopped)
      .then((hasMore) => {
        if (hasMore) wakeWebhooks();
      })
      // The lease runs out by itself, and somebody else goes on.
      .catch((error: unknown) =>
        logger().warn('a webhook was not served', { error, webhookId: lease.webhookId }),
      )
      .finally(() => lanes.delete(lane));
    lanes.add(lane);
  }
}

/** One after the other in the order of events, as far as none has to wait; true when there may be more. */
async function sendAll(lease: Lease, isStopped: () => boolean): Promise<boolean> {
  let sent = 0;
  while (sent < attemptsPerLease && !isStopped()) {
    const askedAtMs = performance.now();
    const attempt = await transact((tx) => beginAttempt(tx, lease, leaseSeconds));
    if (attempt === null) break;
    sent++;
    // After a pause of this process somebody else may have begun the next attempt already.
    if (performance.now() - askedAtMs < beginWithinMs) await send(lease.webhookId, attempt);
  }
  await transact((tx) => endLease(tx, lease));
  return sent === attemptsPerLease;
}

async function send(webhookId: string, attempt: BegunAttempt): Promise<void> {
  const { url, body, eventId: id, secrets } = attempt;
  const atMs = Date.now();
  const startedMs = performance.now();
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'Parley-Webhooks/1',
    ...signatureHeaders({ id, atMs, body }, secrets),
  };
  const outbound = await fetchOutbound({ url, method: 'POST', headers, body, isEncrypted: true });
  const durationMs = Math.round(performance.now() - startedMs);
  const status = outbound.ok ? outbound.answer.status : outbound.status;
  const outcome = outcomeOf({
    ...{ status, isWhole: outbound.ok, tries: attempt.tries, askedMs: askedMs(outbound) },
    ...{ leftMs: attempt.leftMs, random: Math.random() },
  });
  const record = {
    ...{
      number: attempt.number,
      at: new Date(atMs).toISOString(),
      durationMs,
      url,
      requestHeaders: headers,
      status,
    },
    ...answerOf(outbound),
  };
  await transact((tx) => settle(tx, { webhookId, deliveryId: attempt.deliveryId, record, outcome }));
}

function askedMs(outbound: Outbound): number {
  if (!outbound.ok) return 0;
  const { status, headers } = outbound.answer;
  return askedMsOf(status, headers['retry-after'], Date.now());
}

function answerOf(outbound: Outbound): Pick<AttemptRecord, 'problem' | 'answerHeaders' | 'answerText'> {
  if (!outbound.ok) return { problem: outbound.problem, answerHeaders: null, answerText: null };
  const { headers, body } = outbound.answer;
  // PostgreSQL's texts hold no NUL.
  const text = body.subarray(0, answerBytesKept).toString('utf8').replaceAll('\0', '');
  return { problem: null, answerHeaders: headers, answerText: text };
}

type Settled = { webhookId: string; deliveryId: string; record: AttemptRecord; outcome: AttemptOutcome };

/** The webhook is locked before its delivery, as by everybody who changes both. */
async function settle(tx: Tx, { webhookId, deliveryId, record, outcome }: Settled): Promise<void> {
  if ((await lockWebhook(tx, webhookId)) === null) return;
  await insertAttempt(tx, deliveryId, record);
  const { number, status, problem } = record;
  const state = outcome.kind === 'retry' ? null : outcome.kind === 'delivered' ? 'delivered' : 'failed';
  const afterMs = outcome.kind === 'retry' ? outcome.afterMs : 0;
  if (!(await settleAttempt(tx, { deliveryId, number, status, problem, state, afterMs }))) return;
  if (outcome.kind === 'delivered') await noteSuccess(tx, webhookId);
  else await follow(tx, webhookId, outcome);
}

/** What a failure means for the webhook itself. */
async function follow(tx: Tx, webhookId: string, outcome: AttemptOutcome): Promise<void> {
  const { failuresInRow, failingMs } = await noteFailure(tx, webhookId);
  if (outcome.kind === 'gone') return switchOff(tx, webhookId, 'gone');
  if (outcome.kind === 'failed' && isLastingFailure(failingMs)) return switchOff(tx, webhookId, 'failing');
  await pauseWebhook(tx, webhookId, pauseMsAfter(failuresInRow));
}

/** Admins see it in the settings, on every page of them; the trail has when and why. */
async function switchOff(tx: Tx, webhookId: string, reason: DisabledReason): Promise<void> {
  await disableWebhook(tx, webhookId, reason);
  await insertEvent(tx, {
    ...{ id: newId(), type: 'webhook.changed', subjectId: webhookId, after: { disabled: reason } },
    actor: { kind: 'system', id: null },
    isSettled: true,
  });
  logger().warn('a webhook was switched off', { webhookId, reason });
}

async function tidy(): Promise<void> {
  await transact((tx) => failForgotten(tx, tidiedMax));
  await transact((tx) => deleteOldDeliveries(tx, deliveryDaysKept, tidiedMax));
}
