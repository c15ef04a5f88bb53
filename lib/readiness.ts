import { processSingleton } from '#/lib/process.ts';

type Probe = () => Promise<void> | void;
type Part = { probe: Probe; isVital: boolean };
type State = { parts: Map<string, Part>; held: { atMs: number; answer: Promise<Readiness> } | null };

export type Readiness = {
  /** `degraded`: work goes on, more slowly or without pushes; nobody should be sent elsewhere for it. */
  status: 'ok' | 'degraded' | 'failing';
  parts: Record<string, 'ok' | 'failing'>;
};

const state = () => processSingleton<State>('readiness', () => ({ parts: new Map(), held: null }));
const probeMsMax = 2000;
const heldMs = 1000;

/**
 * Adds a probe that throws (or rejects, or takes longer than 2 s) while `name` cannot do its work. What is not vital
 * only degrades: a fault that every instance shares must not take all of them out of a load balancer.
 */
export function registerProbe(name: string, probe: Probe, { isVital = true } = {}): void {
  const held = state();
  held.parts.set(name, { probe, isVital });
  held.held = null;
}

/** Fails readiness until the process ends: for what only a restart can cure, and for shutting down. */
export function failReadiness(name: string): void {
  registerProbe(name, () => {
    throw new Error(`${name} failed`);
  });
}

/** Each part by name. Asked any number of times, the probes run at most once a second. */
export function readiness(): Promise<Readiness> {
  const held = state();
  const nowMs = performance.now();
  if (held.held === null || nowMs - held.held.atMs > heldMs) held.held = { atMs: nowMs, answer: runProbes() };
  return held.held.answer;
}

async function runProbes(): Promise<Readiness> {
  const outcomes = await Promise.all(
    [...state().parts].map(async ([name, { probe, isVital }]) => ({
      name,
      isVital,
      isHolding: await holds(probe),
    })),
  );
  const failing = outcomes.filter(({ isHolding }) => !isHolding);
  return {
    status: failing.some(({ isVital }) => isVital) ? 'failing' : failing.length > 0 ? 'degraded' : 'ok',
    parts: Object.fromEntries(outcomes.map(({ name, isHolding }) => [name, isHolding ? 'ok' : 'failing'])),
  };
}

async function holds(probe: Probe): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), probeMsMax);
  });
  const outcome = Promise.resolve()
    .then(probe)
    .then(
      () => true,
      () => false,
    );
  try {
    return await Promise.race([outcome, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
