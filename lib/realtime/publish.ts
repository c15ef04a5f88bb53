import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Pusher from 'pusher';
import { listActiveAgentAccess } from '#/db/agents.ts';
import { findHearingKeys, type HearingKeys } from '#/db/api/listening-keys.ts';
import { findTicketsById } from '#/db/api/tickets.ts';
import { inOneStatement, read, type Tx, transact } from '#/db/client.ts';
import { listOnlookers } from '#/db/conversations.ts';
import { listLiveTicketIdsOfCustomer, listSessionIds } from '#/db/customers.ts';
import { findDepartment, listLiveTickets } from '#/db/departments.ts';
import { markPublished } from '#/db/events.ts';
import { listNotificationsOfEvent } from '#/db/notifications.ts';
import { listPublishedTickets } from '#/db/tickets.ts';
import { silenceViewing, takeExpiredViewing } from '#/db/viewing.ts';
import { type AgentRole, isRobotRole } from '#/lib/agents/schema.ts';
import type { TicketRecord } from '#/lib/api/records/tickets.ts';
import type { BulkJob } from '#/lib/bulk/schema.ts';
import type { Draft } from '#/lib/drafts/schema.ts';
import { env } from '#/lib/env.ts';
import { noteCommitted } from '#/lib/events/committed.ts';
import { logger } from '#/lib/logger.ts';
import { metrics, publishReasonOf } from '#/lib/metrics.ts';
import { can } from '#/lib/permissions/can.ts';
import { processSingleton } from '#/lib/process.ts';
import {
  type ChangeEvent,
  type RaisedMark,
  type Readership,
  realtimeUserId,
} from '#/lib/realtime/changes.ts';
import {
  type Delivery,
  deliveriesOfAccess,
  deliveriesOfCatalogue,
  deliveriesOfEntry,
  deliveriesOfLostAccess,
  deliveriesOfMark,
  deliveriesOfTicket,
  deliveriesOfTyping,
  deliveriesOfViewing,
  deliveryOfBulkJob,
  deliveryOfDraft,
  deliveryOfNotification,
  deliveryOfNotificationsRead,
  isPublicChangeEvent,
  mayNotify,
  type Seen,
} from '#/lib/realtime/deliveries.ts';
import { keyDeliveriesOf, keyDeliveriesOfLeaving } from '#/lib/realtime/key-events.ts';

const requestMsMax = 3_000;
const batchEventsMax = 10;
const batchBytesMax = 90_000;
const lanesMax = 4;
/** Requests that may be under way before what is less than a full batch waits for one of them. */
const eagerRequestsMax = 2;
const queuedMax = 20_000;
const markEveryMs = 100;
const ticketsPerRead = 100;
const customerTicketsMax = 50;
const viewingPagesMax = 200;
/** Beyond these a list learns of a department that was restricted when it asks again, which is at once as well. */
const removedTicketsMax = 1_000;

type Queued = Delivery & { settle: (isDelivered: boolean) => void };
type Lane = { queue: Queued[]; isBusy: boolean };
type Publisher = {
  pusher: Pusher;
  lanes: Lane[];
  requestsUnderWay: number;
  isPumpDue: boolean;
  queuedCount: number;
  /** Tickets whose newest row is still to be told; one read serves all that gathered meanwhile. */
  dirtyTickets: Map<string, { isPublic: boolean; settle: ((isDelivered: boolean) => void)[] }>;
  isReadingTickets: boolean;
  publishedIds: string[];
  markTimer: NodeJS.Timeout | null;
  underWay: Set<Promise<unknown>>;
  /** When the realtime server last took something, and last did not. */
  takenAtMs: number;
  refusedAtMs: number;
};

function publisher(): Publisher {
  return processSingleton('publisher', makePublisher);
}

function makePublisher(): Publisher {
  const { appId, key, secret, host, port, tls } = env().realtime;
  const options = { keepAlive: true, maxSockets: 8, scheduling: 'fifo' } as const;
  return {
    pusher: new Pusher({
      appId,
      key,
      secret,
      host,
      port: String(port),
      useTLS: tls,
      timeout: requestMsMax,
      agent: tls ? new HttpsAgent(options) : new HttpAgent(options),
    }),
    lanes: Array.from({ length: lanesMax }, () => ({ queue: [], isBusy: false })),
    requestsUnderWay: 0,
    isPumpDue: false,
    queuedCount: 0,
    dirtyTickets: new Map(),
    isReadingTickets: false,
    publishedIds: [],
    markTimer: null,
    underWay: new Set(),
    takenAtMs: Number.NEGATIVE_INFINITY,
    refusedAtMs: Number.NEGATIVE_INFINITY,
  };
}

/**
 * Tells everybody concerned about committed changes. Returns at once; what could not be told keeps its row unpublished
 * and the relay tells it. Call it after the commit, never inside a transaction.
 */
export function publishChanges(changes: readonly ChangeEvent[]): void {
  const committedAtMs = performance.now();
  if (changes.length > 0) noteCommitted();
  for (const change of changes) {
    follow(
      publishChange(change).then((isDelivered) => {
        if (!isDelivered) return;
        metrics().publishSeconds.observe({ by: 'process' }, (performance.now() - committedAtMs) / 1000);
        noteMarked(change.id);
      }),
    );
  }
}

/** Works through `changes` in the background and publishes each part of it as it is committed. */
export function publishAsCommitted(changes: AsyncIterable<readonly ChangeEvent[]>): void {
  const work = async () => {
    for await (const part of changes) publishChanges(part);
  };
  follow(work());
}

/** Read marks and typing are worth nothing later: one attempt, no row, no relay. */
export function publishMark(mark: RaisedMark): void {
  for (const delivery of deliveriesOfMark(mark)) follow(deliver(delivery));
}

export function publishTyping(typing: Parameters<typeof deliveriesOfTyping>[0]): void {
  for (const delivery of deliveriesOfTyping(typing)) follow(deliver(delivery));
}

/** One attempt, as for a mark: a tab that missed it learns the draft when it next looks. */
export function publishDraft(agentId: string, ticketId: string, draft: Draft): void {
  follow(deliver(deliveryOfDraft(agentId, ticketId, draft)));
}

/** To the reader's own tabs, once: who missed it counts anew with the next look. */
export function publishNotificationsRead(
  agentId: string,
  read: { ids: string[] | null; unread: number },
): void {
  follow(deliver(deliveryOfNotificationsRead(agentId, read)));
}

/** Who looks at what is worth nothing later, either. */
export function publishViewing(seen: Seen): void {
  for (const delivery of deliveriesOfViewing(seen)) follow(deliver(delivery));
}

/** How far a job is, for its agent; the next one says it anew. */
export function publishBulkJob(agentId: string, job: BulkJob): void {
  follow(deliver(deliveryOfBulkJob(agentId, job)));
}

/** Resolves when everything that was published so far was answered or given up, and marked. For shutting down. */
export async function drainPublishing(): Promise<void> {
  while (publisher().underWay.size > 0) await Promise.allSettled(publisher().underWay);
  await flushMarks();
}

function follow(work: Promise<unknown>): void {
  const { underWay } = publisher();
  const followed = work
    .catch((error: unknown) => logger().warn('publishing failed', { error }))
    .finally(() => underWay.delete(followed));
  underWay.add(followed);
}

/** Publishes one change without marking it; false when somebody may not have been told. */
export async function publishChange(change: ChangeEvent): Promise<boolean> {
  const outcomes = await Promise.all(attemptsOf(change));
  return outcomes.every((outcome) => outcome);
}

function attemptsOf(change: ChangeEvent): Promise<boolean>[] {
  switch (change.type) {
    case 'ticket.created':
    case 'message.created':
    case 'ticket.changed':
      return attemptsOfTicket(change);
    case 'agent.deactivated':
    case 'agent.moved':
    case 'agent.role_changed':
      return change.subjectId === null ? [] : [endAgent(change.subjectId), ...tellCatalogue()];
    case 'agent.password_changed':
    // A key's sockets are those of the account that it acts as.
    case 'key.revoked':
      return change.subjectId === null ? [] : [endAgent(change.subjectId)];
    // Who has the new token comes back at once; whoever has only a token that ended does not.
    case 'key.rotated':
      return change.subjectId === null ? [] : [endListening(change.subjectId)];
    case 'agent.joined':
    case 'agent.reactivated':
    case 'agent.changed':
      if (change.subjectId === null) return [];
      return [...deliveriesOfAccess(change.subjectId).map(deliver), ...tellCatalogue()];
    case 'session.revoked':
      return change.subjectId === null ? [] : [terminate(realtimeUserId.customer(change.subjectId))];
    case 'customer.changed':
    case 'customer.identified':
      return change.subjectId === null ? [] : [tellCustomersTickets(change.subjectId)];
    // Whose conversation it was and whose it is now both hear of it: the one has no session left to listen with.
    case 'customer.merged':
      return change.ticketId === null ? [] : [tellTicket(change.ticketId, true)];
    case 'customer.blocked':
      return change.subjectId === null
        ? []
        : [endCustomer(change.subjectId), tellCustomersTickets(change.subjectId)];
    case 'customer.unblocked':
      return change.subjectId === null ? [] : [tellCustomersTickets(change.subjectId)];
    case 'tag.changed':
    case 'field.changed':
    case 'view.changed':
    case 'saved_reply.changed':
    case 'department.changed':
    case 'workspace.changed':
      return tellCatalogue();
    case 'department.access_changed':
      return change.subjectId === null ? [] : [tellDepartment(change.subjectId), ...tellCatalogue()];
    case 'ticket_link.created':
    case 'ticket_link.revoked':
    case 'agent.invited':
    case 'invite.revoked':
    case 'workspace.created':
    case 'widget.changed':
    case 'key.created':
    case 'customer.created':
    case 'webhook.changed':
      return [];
  }
}

function attemptsOfTicket(change: ChangeEvent): Promise<boolean>[] {
  const entry = change.entry === null ? [] : deliveriesOfEntry(change.entry).map(deliver);
  if (mayNotify(change)) entry.push(tellNotified(change.id));
  if (change.ticketId === null) return entry;
  const isPublic = isPublicChangeEvent(change);
  entry.push(...tellKeysOfMove(change.ticketId, change.entry));
  if (change.readersBefore !== null)
    return [...entry, tellFormerReaders(change.ticketId, change.readersBefore, isPublic)];
  return [...entry, tellTicket(change.ticketId, isPublic)];
}

/**
 * To a key of one department every other is closed, restricted or not: it loses a ticket that leaves, and a conversation
 * that a merge takes away.
 */
function tellKeysOfMove(ticketId: string, entry: ChangeEvent['entry']): Promise<boolean>[] {
  const change = entry?.change;
  if (change?.field === 'department') return [endKeysWithout(ticketId, change.from?.id ?? null)];
  return change?.field === 'merge' ? [endKeysWithout(ticketId, null)] : [];
}

async function endKeysWithout(ticketId: string, leftDepartmentId: string | null): Promise<boolean> {
  const [hearing, tickets, onlookers] = await read((tx) =>
    Promise.all([findHearingKeys(tx), listPublishedTickets(tx, [ticketId]), listOnlookers(tx, ticketId)]),
  );
  const ticket = tickets.get(ticketId);
  const hasLeft = leftDepartmentId !== null && ticket?.readers.departmentId !== leftDepartmentId;
  const told = await deliverInOrder(
    hasLeft ? keyDeliveriesOfLeaving(ticketId, leftDepartmentId, hearing) : [],
  );
  const out = onlookers.filter(
    (agent) => isRobotRole(agent.role) && (ticket === undefined || !mayRead(agent, ticketId, ticket)),
  );
  const ended = await Promise.all(out.map((agent) => endListening(agent.id)));
  return told && ended.every((isEnded) => isEnded);
}

/** Each person whom the event told, as far as they may see its ticket now. */
async function tellNotified(eventId: string): Promise<boolean> {
  const told = await read((tx) => listNotificationsOfEvent(tx, eventId));
  const allowed = told.filter(({ agent, ticket }) => can({ kind: 'agent', ...agent }, 'ticket.read', ticket));
  return deliverInOrder(allowed.map(({ agent, item }) => deliveryOfNotification(agent.id, item)));
}

/** First the lists that lose the ticket, then the new state, then the sockets of those who were listening to it. */
async function tellFormerReaders(ticketId: string, before: Readership, isPublic: boolean): Promise<boolean> {
  const [tickets, forKeys, onlookers] = await Promise.all([
    read((tx) => listPublishedTickets(tx, [ticketId])),
    read((tx) => findForKeys(tx, [ticketId])),
    read((tx) => listOnlookers(tx, ticketId)),
  ]);
  const ticket = tickets.get(ticketId);
  const now = ticket?.readers ?? null;
  const lost = deliveriesOfLostAccess(ticketId, before, now);
  const state = ticket === undefined ? [] : deliveriesOfTicket(ticket, isPublic);
  // One lane for all of them: a list that both loses and keeps the ticket must hear these in this order.
  const told = await deliverInOrder([...lost, ...state, ...keyDeliveriesNow(forKeys, ticketId, ticket)]);
  const out =
    ticket === undefined ? onlookers : onlookers.filter((agent) => !mayRead(agent, ticketId, ticket));
  const ended = await Promise.all(out.map((agent) => endListening(agent.id)));
  return told && ended.every((isEnded) => isEnded);
}

function mayRead(
  agent: { id: string; role: AgentRole; departmentId: string | null },
  ticketId: string,
  ticket: { customerId: string; readers: Readership },
): boolean {
  const record = { ticketId, customerId: ticket.customerId, ...ticket.readers };
  return can({ kind: 'agent', ...agent }, 'ticket.read', record);
}

/**
 * Channels cannot be taken away one by one, so the socket is closed; a page that is still allowed comes back at once
 * and is granted the others.
 */
export function endListening(agentId: string): Promise<boolean> {
  return terminate(realtimeUserId.agent(agentId));
}

function tellCatalogue(): Promise<boolean>[] {
  return deliveriesOfCatalogue().map(deliver);
}

/**
 * Who may see a department's tickets changed: everybody asks for their lists again, and whoever may not any more stops
 * listening to them at once.
 */
async function tellDepartment(departmentId: string): Promise<boolean> {
  const [agents, department, tickets] = await read((tx) =>
    Promise.all([
      listActiveAgentAccess(tx),
      findDepartment(tx, departmentId),
      listLiveTickets(tx, departmentId, removedTicketsMax),
    ]),
  );
  const record = { departmentId, departmentIsRestricted: department?.isRestricted ?? true };
  const lost = tickets.flatMap(({ id, assigneeId }) => {
    const before = { departmentId, departmentIsRestricted: false, assigneeId };
    return record.departmentIsRestricted
      ? deliveriesOfLostAccess(id, before, { ...before, departmentIsRestricted: true })
      : [];
  });
  const told = await deliverInOrder([...lost, ...agents.flatMap((agent) => deliveriesOfAccess(agent.id))]);
  const out = agents.filter((agent) => !can({ kind: 'agent', ...agent }, 'ticket.read', record));
  const ended = await Promise.all(out.map((agent) => endListening(agent.id)));
  return told && ended.every((isEnded) => isEnded);
}

async function endAgent(agentId: string): Promise<boolean> {
  const told = await deliverInOrder(deliveriesOfAccess(agentId));
  follow(endViewing(agentId));
  return (await endListening(agentId)) && told;
}

/** Colleagues see at once that somebody who was sent away looks at nothing any more. */
async function endViewing(agentId: string): Promise<void> {
  const ended = await transact(async (tx) => {
    await silenceViewing(tx, agentId);
    return takeExpiredViewing(tx, viewingPagesMax);
  });
  for (const { ticketId, agent, left, readers } of ended)
    publishViewing({ ticketId, agent, state: left === 'none' ? 'gone' : left, readers });
}

/** Rows show the customer's name. Older tickets are read anew when somebody opens them. */
async function tellCustomersTickets(customerId: string): Promise<boolean> {
  const ids = await read((tx) => listLiveTicketIdsOfCustomer(tx, customerId, customerTicketsMax));
  const told = await Promise.all(ids.map((id) => tellTicket(id, false)));
  return told.every((isTold) => isTold);
}

/** Closes every socket of a customer; none of the sessions opens another while the customer is blocked. */
async function endCustomer(customerId: string): Promise<boolean> {
  const sessionIds = await read((tx) => listSessionIds(tx, customerId));
  const ended = await Promise.all(sessionIds.map((id) => terminate(realtimeUserId.customer(id))));
  return ended.every((isEnded) => isEnded);
}

function tellTicket(ticketId: string, isPublic: boolean): Promise<boolean> {
  const state = publisher();
  return new Promise((settle) => {
    const dirty = state.dirtyTickets.get(ticketId) ?? { isPublic: false, settle: [] };
    dirty.isPublic ||= isPublic;
    dirty.settle.push(settle);
    state.dirtyTickets.set(ticketId, dirty);
    if (!state.isReadingTickets) follow(tellDirtyTickets(state));
  });
}

/** Reads are newer than the change that asked for them, so one row answers any number of changes of its ticket. */
async function tellDirtyTickets(state: Publisher): Promise<void> {
  state.isReadingTickets = true;
  try {
    while (state.dirtyTickets.size > 0) {
      const batch = new Map([...state.dirtyTickets].slice(0, ticketsPerRead));
      for (const id of batch.keys()) state.dirtyTickets.delete(id);
      const ids = [...batch.keys()];
      const [tickets, forKeys] = await read((tx) =>
        Promise.all([listPublishedTickets(tx, ids), findForKeys(tx, ids)]),
      ).catch(() => [null, noneForKeys] as const);
      const tellings = [...batch].map(async ([id, { isPublic, settle }]) => {
        const ticket = tickets?.get(id);
        const telling = async () =>
          tickets !== null &&
          (await deliverInOrder([
            ...(ticket === undefined ? [] : deliveriesOfTicket(ticket, isPublic)),
            ...keyDeliveriesNow(forKeys, id, ticket),
          ]));
        // One ticket that cannot be put into words must leave nobody waiting, nor the others untold.
        const isDelivered = await telling().catch((error: unknown) => {
          logger().error('a ticket could not be told', { ticketId: id, error });
          return false;
        });
        for (const done of settle) done(isDelivered);
      });
      // Not before they are told: rows that wait in line would be old by then, and the next read has newer ones.
      await Promise.all(tellings);
    }
  } finally {
    state.isReadingTickets = false;
  }
}

/** Tickets as keys are told of them; without a key that listens, nothing is read. */
type ForKeys = { hearing: HearingKeys; tickets: ReadonlyMap<string, TicketRecord> };
const noneForKeys: ForKeys = { hearing: { hasAll: false, departmentIds: new Set() }, tickets: new Map() };

async function findForKeys(tx: Tx, ticketIds: readonly string[]): Promise<ForKeys> {
  const hearing = await findHearingKeys(tx);
  if (!hearing.hasAll && hearing.departmentIds.size === 0) return noneForKeys;
  return { hearing, tickets: await findTicketsById(tx, { kind: 'system' }, ticketIds) };
}

function keyDeliveriesNow(
  { hearing, tickets }: ForKeys,
  ticketId: string,
  now: { epoch: string } | undefined,
): Delivery[] {
  const ticket = tickets.get(ticketId);
  return ticket === undefined || now === undefined ? [] : keyDeliveriesOf(ticket, now.epoch, hearing);
}

async function deliverInOrder(deliveries: readonly Delivery[]): Promise<boolean> {
  const outcomes = await Promise.all(deliveries.map((delivery) => deliver(delivery)));
  return outcomes.every((outcome) => outcome);
}

/**
 * Queues a delivery; false when it was not taken. A channel always uses the same lane and a lane has one request in
 * flight, so a channel's events keep their order; while it is in flight, what comes gathers into the next batch.
 */
function deliver(delivery: Delivery): Promise<boolean> {
  const state = publisher();
  if (state.queuedCount >= queuedMax) {
    metrics().publishFailures.add({ reason: 'queue_full' });
    return Promise.resolve(false);
  }
  const lane = state.lanes[laneOf(delivery.channel)];
  if (lane === undefined) return Promise.resolve(false);
  state.queuedCount++;
  pumpSoon(state);
  return new Promise((settle) => lane.queue.push({ ...delivery, settle }));
}

/** Lists share lane 0, where one change's `removed` and `changed` meet in order; conversations spread over the rest. */
function laneOf(channel: string): number {
  if (!/^private-(staff-)?conversation-/.test(channel)) return 0;
  const digits = Number.parseInt(channel.slice(-4), 16);
  return 1 + (digits % (lanesMax - 1));
}

/** After the answers of this turn are on their way: the writer's comes first, and the others' events join the batch. */
function pumpSoon(state: Publisher): void {
  if (state.isPumpDue) return;
  state.isPumpDue = true;
  setImmediate(() => {
    state.isPumpDue = false;
    pump(state);
  });
}

/**
 * A request costs more than the events in it. So idle lanes share one, and when some are under way already the next one
 * waits until it is full: the busier it gets, the fewer requests a message causes.
 */
function pump(state: Publisher): void {
  for (;;) {
    const ready = state.lanes.filter(({ isBusy, queue }) => !isBusy && queue.length > 0);
    const count = ready.reduce((sum, { queue }) => sum + queue.length, 0);
    if (count === 0 || (count < batchEventsMax && state.requestsUnderWay >= eagerRequestsMax)) return;
    void sendFrom(state, ready);
  }
}

async function sendFrom(state: Publisher, ready: readonly Lane[]): Promise<void> {
  const { batch, lanes } = takeBatch(ready);
  for (const lane of lanes) lane.isBusy = true;
  state.requestsUnderWay++;
  const isDelivered = await sendBatch(state.pusher, batch);
  state.requestsUnderWay--;
  for (const lane of lanes) lane.isBusy = false;
  state.queuedCount -= batch.length;
  for (const { settle } of batch) settle(isDelivered);
  pumpSoon(state);
}

function takeBatch(ready: readonly Lane[]): { batch: Queued[]; lanes: Lane[] } {
  const batch: Queued[] = [];
  const lanes: Lane[] = [];
  let bytes = 0;
  for (const lane of ready) {
    let count = 0;
    while (count < Math.min(lane.queue.length, batchEventsMax - batch.length)) {
      bytes += Buffer.byteLength(lane.queue[count]?.data ?? '');
      if (batch.length + count > 0 && bytes > batchBytesMax) break;
      count++;
    }
    if (count === 0) break;
    batch.push(...lane.queue.splice(0, count));
    lanes.push(lane);
  }
  return { batch, lanes };
}

async function sendBatch(pusher: Pusher, batch: readonly Queued[]): Promise<boolean> {
  try {
    const events = batch.map(({ channel, name, data }) => ({ channel, name, data }));
    const response = await pusher.triggerBatch(events);
    // Resolved by the headers: unread, the body would keep the connection from being used again.
    await response.text();
    publisher().takenAtMs = performance.now();
    return true;
  } catch (error) {
    publisher().refusedAtMs = performance.now();
    metrics().publishFailures.add({ reason: publishReasonOf(statusOf(error)) });
    logger().warn('realtime server did not take events', { status: statusOf(error), events: batch.length });
    return false;
  }
}

const provenMs = 10_000;

/**
 * Throws unless the realtime server takes what we publish: by what it last did with it or, if nothing was published
 * for ten seconds, by a signed question that changes nothing.
 */
export async function checkRealtime(): Promise<void> {
  const { pusher, takenAtMs, refusedAtMs } = publisher();
  const nowMs = performance.now();
  if (takenAtMs > refusedAtMs && nowMs - takenAtMs < provenMs) return;
  const response = await pusher.get({
    path: '/channels',
    params: { filter_by_prefix: 'presence-parley-health' },
  });
  await response.text();
  // It answers questions and takes no events: the last attempt counts for as long as another would.
  if (refusedAtMs > takenAtMs && nowMs - refusedAtMs < provenMs) throw new Error('events were not taken');
}

async function terminate(userId: string): Promise<boolean> {
  try {
    const response = await publisher().pusher.terminateUserConnections(userId);
    await response.text();
    return true;
  } catch (error) {
    logger().warn('realtime server did not close connections', { status: statusOf(error) });
    return false;
  }
}

/** The library's error carries the signed address: only its status is for logs. */
function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null
    ? (Reflect.get(error, 'status') ?? 'no answer')
    : 'no answer';
}

function noteMarked(eventId: string): void {
  const state = publisher();
  state.publishedIds.push(eventId);
  state.markTimer ??= setTimeout(() => follow(flushMarks()), markEveryMs).unref();
}

/** One statement for all that were published since the last; a crash before it only means telling them twice. */
async function flushMarks(): Promise<void> {
  const state = publisher();
  if (state.markTimer !== null) clearTimeout(state.markTimer);
  state.markTimer = null;
  const ids = state.publishedIds.splice(0);
  if (ids.length === 0) return;
  await inOneStatement('staff', (tx) => markPublished(tx, ids));
}

/**
 * A channel's grant for one socket, as the Pusher protocol wants it; decide before you sign. `askedAtMs` is from before
 * the decision, so that an end that came between the two takes the grant with it.
 */
export function signChannel(
  socketId: string,
  channel: string,
  grant: { userId: string; askedAtMs: number; member: { id: string; name: string } | null },
): { auth: string; channel_data?: string } {
  const { userId, askedAtMs, member } = grant;
  const presence = member === null ? undefined : { user_id: member.id, user_info: { name: member.name } };
  // Our own server reads it on every channel. Others may sign private channels without any data, and would refuse it.
  const isBound = env().realtime.mode !== 'external';
  const bound = { user_id: userId, ...presence, parley_user: userId, granted_at: askedAtMs };
  const data = isBound ? bound : presence;
  const { auth, channel_data } = publisher().pusher.authorizeChannel(socketId, channel, data);
  return channel_data === undefined ? { auth } : { auth, channel_data };
}

/** The socket's user, by which it can be closed later. */
export function signUser(socketId: string, userId: string): { auth: string; user_data: string } {
  return publisher().pusher.authenticateUser(socketId, { id: userId });
}
