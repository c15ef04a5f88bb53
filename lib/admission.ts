import type { RouteClass } from '#/lib/route-class.ts';

/**
 * Bounds what runs at once and how long anything waits for its turn, so that under any load what is let in is answered
 * soon and the rest is told at once to come back. Each kind of work has a budget of its own: sends cannot starve reads,
 * and neither can starve the signing of channels. Nothing is let in and dropped afterwards.
 */
export type Admission = {
  /**
   * Resolves with what to call when the work is over, or with null: shed, answer 503. At once when there is room or
   * the line is full; else within the bound. `isGone` tells that nobody waits for the answer any more.
   */
  enter(kind: RouteClass, isGone?: () => boolean): Promise<(() => void) | null>;
  /** Whether `enter` would shed at once, for refusing before any work is done. */
  isFull(kind: RouteClass): boolean;
  /** How late a timer of the event loop just ran; above a bound the budgets shrink until it is fine again. */
  noteLoopDelay(ms: number): void;
  counts(): Readonly<Record<GatedClass, { running: number; waiting: number; room: number }>>;
};

export type GatedClass = (typeof gatedClasses)[number];
export const gatedClasses = [
  'action',
  'page',
  'read',
  'signal',
  'authorize',
  'session',
  'upload',
  'download',
  'api',
  'poll',
] as const;

/** What may run at once in this process. One core serves about a thousand actions a second: 32 of them are 30 ms. */
export const admissionBudgets: Readonly<Record<GatedClass, number>> = {
  action: 32,
  page: 16,
  read: 24,
  signal: 16,
  authorize: 16,
  session: 8,
  // Most of their time is the other side's line, and costs nothing here.
  upload: 32,
  download: 32,
  api: 24,
  // They wait, and cost nothing while they do.
  poll: 1_000,
};

/** A burst may wait this long for its turn: coming back would take as long. */
const burstMsMax = 1_500;
/** A line of work that has not been empty for this long is no burst: who joins it gets in soon or not at all. */
const standingAfterMs = 1_000;
const standingMsMax = 150;
const lineMax = 400;
/**
 * What a thousand clients ask for who come back in the same moment. Each asks once and then is quiet, so the line ends
 * by itself; sent away, all of them would only ask again.
 */
const returning: ReadonlySet<string> = new Set<GatedClass>(['read', 'authorize', 'session']);
const returningMsMax = 6_000;
const returningLineMax = 4_000;
const delayMsHigh = 150;
const delayMsLow = 50;
const roomShareMin = 0.5;
/** A request whose answer never ends must not hold its place for ever. */
const runMsMax = 30_000;
/** Files take as long as the other side's line needs. */
const transferMsMax = 900_000;
/** Who waits for something new is answered after 30 s at the latest. */
const pollMsMax = 45_000;
const transfers: ReadonlySet<string> = new Set<GatedClass>(['upload', 'download']);

type Clock = {
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
};
type Waiter = { sinceMs: number; settle(isIn: boolean): void; isGone: () => boolean };
type Lane = {
  budget: number;
  isReturning: boolean;
  runMsMax: number;
  running: number;
  line: Waiter[];
  emptyAtMs: number;
  timer: unknown;
};

const processClock: Clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  // Safe: it is given back nothing but what the line above made.
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};

export function createAdmission(
  budgets: Readonly<Record<GatedClass, number>> = admissionBudgets,
  clock: Clock = processClock,
): Admission {
  const lanes = new Map<string, Lane>(
    gatedClasses.map((kind) => [
      kind,
      {
        budget: budgets[kind],
        isReturning: returning.has(kind),
        runMsMax: transfers.has(kind) ? transferMsMax : kind === 'poll' ? pollMsMax : runMsMax,
        running: 0,
        line: [],
        emptyAtMs: clock.now(),
        timer: null,
      },
    ]),
  );
  // What has no name of its own ends as Next's page that says so.
  const pages = lanes.get('page');
  if (pages !== undefined) lanes.set('other', pages);
  let roomShare = 1;

  const roomOf = (lane: Lane) => Math.max(1, Math.floor(lane.budget * roomShare));
  const isStanding = (lane: Lane) =>
    !lane.isReturning && lane.line.length > 0 && clock.now() - lane.emptyAtMs > standingAfterMs;
  const waitMsMax = (lane: Lane) =>
    lane.isReturning ? returningMsMax : isStanding(lane) ? standingMsMax : burstMsMax;
  const lineMaxOf = (lane: Lane) =>
    lane.isReturning ? returningLineMax : isStanding(lane) ? Math.min(lineMax, 2 * roomOf(lane)) : lineMax;
  const isLaneFull = (lane: Lane) => lane.line.length >= lineMaxOf(lane);

  function letIn(lane: Lane): () => void {
    lane.running++;
    let isOver = false;
    const leave = () => {
      if (isOver) return;
      isOver = true;
      clock.clearTimeout(limit);
      lane.running--;
      advance(lane);
    };
    const limit = clock.setTimeout(leave, lane.runMsMax);
    return leave;
  }

  /** The oldest goes first; who waited too long, or went away, does not go at all. */
  function advance(lane: Lane): void {
    const boundMs = waitMsMax(lane);
    while (lane.line.length > 0) {
      const [first] = lane.line;
      if (first === undefined) break;
      const isLate = clock.now() - first.sinceMs >= boundMs || first.isGone();
      if (!isLate && lane.running >= roomOf(lane)) break;
      lane.line.shift();
      first.settle(!isLate);
    }
    if (lane.line.length === 0) lane.emptyAtMs = clock.now();
    clock.clearTimeout(lane.timer);
    lane.timer = null;
    const [next] = lane.line;
    if (next === undefined) return;
    const inMs = Math.max(1, next.sinceMs + boundMs - clock.now());
    lane.timer = clock.setTimeout(() => advance(lane), inMs);
  }

  return {
    enter(kind, isGone = () => false) {
      const lane = lanes.get(kind);
      if (lane === undefined) return Promise.resolve(() => {});
      if (lane.line.length === 0) lane.emptyAtMs = clock.now();
      if (lane.line.length === 0 && lane.running < roomOf(lane)) return Promise.resolve(letIn(lane));
      if (isLaneFull(lane)) return Promise.resolve(null);
      return new Promise((resolve) => {
        const settle = (isIn: boolean) => resolve(isIn ? letIn(lane) : null);
        lane.line.push({ sinceMs: clock.now(), settle, isGone });
        if (lane.timer === null) lane.timer = clock.setTimeout(() => advance(lane), waitMsMax(lane));
      });
    },
    isFull(kind) {
      const lane = lanes.get(kind);
      return lane !== undefined && isLaneFull(lane);
    },
    noteLoopDelay(ms) {
      if (ms > delayMsHigh) roomShare = Math.max(roomShareMin, roomShare * 0.8);
      else if (ms < delayMsLow && roomShare < 1) {
        roomShare = Math.min(1, roomShare + 0.05);
        for (const lane of lanes.values()) if (lane.line.length > 0) advance(lane);
      }
    },
    counts() {
      const countsOf = (kind: GatedClass) => {
        const lane = lanes.get(kind);
        return lane === undefined
          ? { running: 0, waiting: 0, room: 0 }
          : { running: lane.running, waiting: lane.line.length, room: roomOf(lane) };
      };
      return {
        action: countsOf('action'),
        page: countsOf('page'),
        read: countsOf('read'),
        signal: countsOf('signal'),
        authorize: countsOf('authorize'),
        session: countsOf('session'),
        upload: countsOf('upload'),
        download: countsOf('download'),
        api: countsOf('api'),
        poll: countsOf('poll'),
      };
    },
  };
}
