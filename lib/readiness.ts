import { processSingleton } from '#/lib/process.ts';

type Probe = () => Promise<void> | void;

const probes = () => processSingleton('readiness', () => new Map<string, Probe>());
const probeMsMax = 2000;

/** Adds a probe that throws (or rejects, or takes longer than 2 s) while `name` cannot do its work. */
export function registerProbe(name: string, probe: Probe): void {
  probes().set(name, probe);
}

/** Fails readiness until the process ends: for what only a restart can cure. */
export function failReadiness(name: string): void {
  probes().set(name, () => {
    throw new Error(`${name} failed`);
  });
}

/** The names of what cannot do its work now; empty when all is well. */
export async function readiness(): Promise<string[]> {
  const outcomes = await Promise.all(
    [...probes()].map(async ([name, probe]) => ((await holds(probe)) ? [] : [name])),
  );
  return outcomes.flat();
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
