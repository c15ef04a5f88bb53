import type { Bubble } from '#/lib/sync/conversation.ts';

/**
 * Judges a recorded run: what people attempted, what they were told, what every screen showed at every moment, and
 * what the database holds in the end. It knows the promises, not the code that keeps them.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12';
export type Violation = { invariant: Invariant; what: string };

/** In the order in which they were submitted. `atMs` is of one clock that never goes back, the same for all. */
export type Attempt = { id: string; conversationId: string; sender: string; text: string; atMs?: number };
export type Audience = 'customer' | 'staff';
/** The server said "stored" to the sender, with this order in the sender's own numbering. */
export type Acknowledgement = {
  id: string;
  conversationId: string;
  audience: Audience;
  order: number;
  text: string;
  atMs?: number;
};
/** What became of an attempt for its writer. An answer that never came is not a failure: the work may be done. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';
/** One reader's view of one conversation. `sender` is how the reader's own messages are signed. */
export type View = { reader: string; sender: string; audience: Audience; conversationId: string };
export type Shown = Pick<Bubble, 'id' | 'kind' | 'order' | 'text' | 'state'>;

export type Recording = {
  attempts: Attempt[];
  /** Who attempted which id. */
  senders: Map<string, string>;
  acknowledgements: Acknowledgement[];
  /** Shown to their writers as not sent. */
  refusals: Set<string>;
  /** Each entry ever shown as confirmed, by audience, conversation and order: everybody must have seen the same. */
  sightings: Map<string, Sighting>;
  violations: Violation[];
};
/**
 * What was acknowledged, refused and seen until now, for comparing with a database that is read after this. Attempts go
 * on: what is stored meanwhile was attempted.
 */
export function heardUntilNow(recording: Recording): Recording {
  return {
    ...recording,
    acknowledgements: [...recording.acknowledgements],
    refusals: new Set(recording.refusals),
    sightings: new Map(recording.sightings),
  };
}
type Sighting = Omit<Acknowledgement, 'audience'> & { audience: Audience; reader: string };

/** `sender` is null for what the system wrote. */
export type Row = {
  conversationId: string;
  seq: number;
  publicSeq: number | null;
  id: string;
  kind: Bubble['kind'];
  sender: string | null;
  text: string;
};
export type Head = {
  conversationId: string;
  lastSeq: number;
  lastPublicSeq: number;
  /** The ticket's, and the one that the log's last entry about it names (null without such an entry). */
  status?: string;
  lastStatus?: string | null;
};
/** How it went after the fault was over, in milliseconds since then. */
export type Recovery = {
  /** Until every screen was whole, and how long that may take. */
  convergedMs: number;
  convergeMsMax: number;
  /** Until every event was published. */
  publishedMs: number;
  /** Sends after the healing, and when each was acknowledged; null for never. */
  freshSends: readonly { id: string; acknowledgedMs: number | null }[];
};
export type FinalView = View & { shown: readonly Shown[]; readThrough: number; unreadCount: number };
export type FinalState = {
  rows: readonly Row[];
  heads: readonly Head[];
  unpublishedEvents: number;
  views: readonly FinalView[];
  recovery?: Recovery;
  /** Ids that the realtime server was told of, and those that it had to be told of. */
  told?: { heard: ReadonlySet<string>; due: readonly string[] };
};

/** New sends succeed, and every event is published, within this after the healing. */
export const boundMs = 10_000;

export function startRecording(): Recording {
  return {
    attempts: [],
    senders: new Map(),
    acknowledgements: [],
    refusals: new Set(),
    sightings: new Map(),
    violations: [],
  };
}

/**
 * A witness of one view: call it at each notification with what is on the screen then. Answers the entries that this
 * reader sees confirmed for the first time.
 */
export function openWitness(
  recording: Recording,
  view: View,
): (shown: readonly Shown[], readThrough: number) => Shown[] {
  const known = new Map<number, Shown>();
  let head = 0;
  let mark = 0;
  const complain = (invariant: Invariant, what: string) =>
    recording.violations.push({ invariant, what: `${view.reader}: ${what}` });

  return (shown, readThrough) => {
    const fresh: Shown[] = [];
    if (new Set(shown.map(({ id }) => id)).size < shown.length) complain('I2', 'an id is shown twice');
    if (readThrough < mark) complain('I10', `the read mark fell from ${mark} to ${readThrough}`);
    mark = readThrough;
    let last: number | null = null;
    let isAmongPending = false;
    for (const bubble of shown) {
      const { order } = bubble;
      if ((order === null) === (bubble.state === 'sent'))
        complain('I8', `${bubble.id} is sent without order`);
      if (order === null) {
        isAmongPending = true;
        continue;
      }
      if (isAmongPending) complain('I5', `order ${order} stands behind what is not confirmed`);
      if (last !== null && order !== last + 1) complain('I5', `order ${order} follows ${last}`);
      last = order;
      if (known.get(order) === bubble) continue;
      if (!known.has(order)) fresh.push(bubble);
      known.set(order, bubble);
      witness(bubble, order);
    }
    if ((last ?? 0) < head) complain('I5', `the list fell from ${head} to ${last ?? 0}`);
    head = last ?? 0;
    return fresh;
  };

  function witness({ id, text }: Shown, order: number): void {
    const { audience, conversationId, reader } = view;
    const key = `${audience} ${conversationId} ${order}`;
    const seen = recording.sightings.get(key);
    if (seen === undefined) {
      recording.sightings.set(key, { audience, conversationId, reader, id, text, order });
    } else if (seen.id !== id || seen.text !== text) {
      complain('I5', `shows ${id} at ${order}, where ${seen.reader} saw ${seen.id}`);
    }
  }
}

const idPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Listens at one customer's device: call it with each answer and each frame, as they came. What it may hold of
 * `secrets.ids` is its own conversation; of `secrets.words`, nothing.
 */
export function openLeakWatch(
  recording: Recording,
  options: {
    reader: string;
    own: string;
    secrets: { ids: ReadonlySet<string>; words: readonly string[] };
  },
): (received: string) => void {
  const { reader, own, secrets } = options;
  return (received) => {
    for (const word of secrets.words) {
      if (received.includes(word))
        recording.violations.push(violation('I9', `${reader}: received "${word}"`));
    }
    for (const [id] of received.matchAll(idPattern)) {
      if (id !== own && secrets.ids.has(id)) {
        recording.violations.push(violation('I9', `${reader}: received ${id}, which is not theirs`));
      }
    }
  };
}

/** Everything that is wrong, of what the witnesses saw and of the end; empty for a run that kept its promises. */
export function checkHistory(recording: Recording, final: FinalState): Violation[] {
  const logs = logsOf(final);
  return [
    ...recording.violations,
    ...checkSingle(final.rows),
    ...checkDurable(recording, logs),
    ...checkInvention(recording, final.rows),
    ...checkGapless(final, logs),
    ...checkSightings(recording, logs),
    ...checkSenderOrder(recording, final.rows),
    ...final.views.flatMap((view) => checkFinalView(view, logs)),
    ...(final.unpublishedEvents === 0
      ? []
      : [violation('I11', `${final.unpublishedEvents} events were never published`)]),
    ...checkTold(final),
    ...checkStatus(final),
    ...checkRealTime(recording, final.rows),
    ...(final.recovery === undefined ? [] : checkRecovery(final.recovery)),
  ];
}

/** Of each attempt, what its writer was told in the end. */
export function outcomesOf({ attempts, acknowledgements, refusals }: Recording): Map<string, Outcome> {
  const acknowledged = new Set(acknowledgements.map(({ id }) => id));
  return new Map(
    attempts.map(({ id }) => {
      if (acknowledged.has(id)) return [id, 'acknowledged'];
      return [id, refusals.has(id) ? 'refused' : 'unknown'];
    }),
  );
}

/** The stored order of each conversation as each audience may see it, by `audience conversation`. */
type Logs = Map<string, { row: Row; order: number }[]>;

function logsOf({ rows, heads }: FinalState): Logs {
  const logs: Logs = new Map();
  for (const { conversationId } of heads) {
    const own = rows
      .filter((row) => row.conversationId === conversationId)
      .toSorted((one, other) => one.seq - other.seq);
    logs.set(
      `staff ${conversationId}`,
      own.map((row) => ({ row, order: row.seq })),
    );
    logs.set(
      `customer ${conversationId}`,
      own.flatMap((row) => (row.publicSeq === null ? [] : [{ row, order: row.publicSeq }])),
    );
  }
  return logs;
}

function checkSingle(rows: readonly Row[]): Violation[] {
  const seen = new Set<string>();
  return rows.flatMap(({ id, conversationId }) => {
    const key = `${conversationId} ${id}`;
    if (seen.has(key)) return [violation('I2', `${id} is stored twice`)];
    seen.add(key);
    return [];
  });
}

function checkDurable({ acknowledgements }: Recording, logs: Logs): Violation[] {
  const stored = byId(logs);
  return acknowledgements.flatMap(({ id, audience, conversationId, order, text }) => {
    const found = stored.get(`${audience} ${conversationId}`)?.get(id);
    if (found === undefined) return [violation('I1', `${id} was acknowledged and is not stored`)];
    return found.order === order && found.row.text === text
      ? []
      : [violation('I1', `${id} was acknowledged at ${order} and is stored differently at ${found.order}`)];
  });
}

function checkInvention({ attempts }: Recording, rows: readonly Row[]): Violation[] {
  const attempted = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  return rows.flatMap(({ id, kind, conversationId, sender, text }) => {
    // What the system notes down by itself (an assignment, a status) is nobody's attempt.
    if (kind === 'event') return [];
    const attempt = attempted.get(id);
    if (attempt === undefined) return [violation('I3', `${id} is stored and was never attempted`)];
    const isSame =
      attempt.conversationId === conversationId && attempt.sender === sender && attempt.text === text;
    return isSame ? [] : [violation('I3', `${id} is not stored as it was attempted`)];
  });
}

function checkGapless({ rows, heads }: FinalState, logs: Logs): Violation[] {
  const known = new Set(heads.map(({ conversationId }) => conversationId));
  const strays = rows.filter(({ conversationId }) => !known.has(conversationId));
  return [
    ...strays.map(({ id }) => violation('I4', `${id} belongs to no conversation`)),
    ...heads.flatMap(({ conversationId, lastSeq, lastPublicSeq }) => [
      ...checkRun(logs.get(`staff ${conversationId}`) ?? [], lastSeq, `${conversationId}: seq`),
      ...checkRun(
        logs.get(`customer ${conversationId}`) ?? [],
        lastPublicSeq,
        `${conversationId}: public_seq`,
      ),
    ]),
  ];
}

function checkRun(log: readonly { order: number }[], head: number, name: string): Violation[] {
  const broken = log.findIndex(({ order }, index) => order !== index + 1);
  const found = log[broken];
  if (found !== undefined) return [violation('I4', `${name} is ${found.order} where ${broken + 1} belongs`)];
  return log.length === head ? [] : [violation('I4', `${name} ends at ${log.length}, the head says ${head}`)];
}

function checkSightings({ sightings }: Recording, logs: Logs): Violation[] {
  return [...sightings.values()].flatMap(({ audience, conversationId, reader, order, id, text }) => {
    const stored = logs.get(`${audience} ${conversationId}`)?.[order - 1];
    if (stored === undefined)
      return [violation('I8', `${reader}: ${id} was shown as sent and is not stored`)];
    return stored.row.id === id && stored.row.text === text
      ? []
      : [violation('I5', `${reader}: ${id} was shown at ${order}, where ${stored.row.id} is stored`)];
  });
}

function checkSenderOrder({ attempts }: Recording, rows: readonly Row[]): Violation[] {
  const seqs = new Map(rows.map(({ id, seq }) => [id, seq]));
  const last = new Map<string, { seq: number; id: string }>();
  return attempts.flatMap(({ id, conversationId, sender }) => {
    const seq = seqs.get(id);
    if (seq === undefined) return [];
    const key = `${conversationId} ${sender}`;
    const before = last.get(key);
    if (before !== undefined && before.seq > seq) {
      return [violation('I6', `${id} was submitted after ${before.id} and is stored before it`)];
    }
    last.set(key, { seq, id });
    return [];
  });
}

/** What was acknowledged before another was attempted stands before it, whoever wrote them. */
function checkRealTime({ attempts, acknowledgements }: Recording, rows: readonly Row[]): Violation[] {
  const seqs = new Map(rows.map(({ id, seq }) => [id, seq]));
  const acknowledged = acknowledgements
    .flatMap(({ id, conversationId, atMs }) => {
      const seq = seqs.get(id);
      return seq === undefined || atMs === undefined ? [] : [{ id, conversationId, atMs, seq }];
    })
    .toSorted((one, other) => one.atMs - other.atMs);
  const highest = new Map<string, { seq: number; id: string }>();
  let next = 0;
  const inTime = attempts.toSorted((one, other) => (one.atMs ?? 0) - (other.atMs ?? 0));
  return inTime.flatMap(({ id, conversationId, atMs }) => {
    const seq = seqs.get(id);
    if (seq === undefined || atMs === undefined) return [];
    for (let each = acknowledged[next]; each !== undefined && each.atMs < atMs; each = acknowledged[++next]) {
      const before = highest.get(each.conversationId);
      if (before === undefined || before.seq < each.seq) highest.set(each.conversationId, each);
    }
    const before = highest.get(conversationId);
    if (before === undefined || before.seq < seq) return [];
    return [violation('I5', `${id} was written after ${before.id} was acknowledged and stands before it`)];
  });
}

function checkStatus({ heads }: FinalState): Violation[] {
  return heads.flatMap(({ conversationId, status, lastStatus }) =>
    lastStatus === undefined || lastStatus === null || lastStatus === status
      ? []
      : [violation('I10', `${conversationId}: is ${status}, and its last status event says ${lastStatus}`)],
  );
}

function checkTold({ rows, told }: FinalState): Violation[] {
  if (told === undefined) return [];
  const stored = new Set(rows.map(({ id }) => id));
  return told.due
    .filter((id) => stored.has(id) && !told.heard.has(id))
    .map((id) => violation('I11', `${id} is stored and was never published`));
}

function checkRecovery({ convergedMs, convergeMsMax, publishedMs, freshSends }: Recovery): Violation[] {
  const late = (invariant: Invariant, what: string, ms: number, msMax: number) =>
    ms <= msMax ? [] : [violation(invariant, `${what} only ${Math.round(ms)} ms after the healing`)];
  return [
    ...late('I7', 'every screen was whole', convergedMs, convergeMsMax),
    ...late('I11', 'every event was published', publishedMs, boundMs),
    ...freshSends.flatMap(({ id, acknowledgedMs }) =>
      acknowledgedMs === null
        ? [violation('I12', `${id}, sent after the healing, was never acknowledged`)]
        : late('I12', `${id}, sent then, was acknowledged`, acknowledgedMs, boundMs),
    ),
  ];
}

function checkFinalView(view: FinalView, logs: Logs): Violation[] {
  const { reader, audience, conversationId, shown } = view;
  const log = logs.get(`${audience} ${conversationId}`) ?? [];
  const ids = new Set(log.map(({ row }) => row.id));
  const confirmed = shown.filter(({ order }) => order !== null);
  const expected = log.slice(-confirmed.length).map(({ row }) => row.id);
  const isWhole = confirmed.length > 0 || log.length === 0;
  return [
    ...(isWhole && confirmed.every(({ id }, index) => id === expected[index])
      ? []
      : [violation('I7', `${reader}: does not end with what is stored`)]),
    ...shown.flatMap(({ id, state }) => {
      if (state !== 'sent' && state !== 'failed') {
        return [violation('I7', `${reader}: ${id} is still being sent`)];
      }
      const isWrong = state === 'failed' && ids.has(id);
      return isWrong ? [violation('I8', `${reader}: ${id} shows as not sent and is stored`)] : [];
    }),
    ...checkUnread(view, log.slice(-confirmed.length)),
  ];
}

function checkUnread(
  { reader, sender, readThrough, unreadCount }: FinalView,
  log: readonly { row: Row; order: number }[],
): Violation[] {
  const unread = log.filter(
    ({ row, order }) => order > readThrough && row.kind !== 'event' && row.sender !== sender,
  );
  if (unread.length === unreadCount) return [];
  return [violation('I7', `${reader}: counts ${unreadCount} unread, and there are ${unread.length}`)];
}

function byId(logs: Logs): Map<string, Map<string, { row: Row; order: number }>> {
  return new Map(
    [...logs].map(([key, log]) => [key, new Map(log.map((each) => [each.row.id, each]))] as const),
  );
}

function violation(invariant: Invariant, what: string): Violation {
  return { invariant, what };
}
