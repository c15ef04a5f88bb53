import { processSingleton } from '#/lib/process.ts';

/** That this process has just committed something: a hint that those who wait for events may look at once. */

const listeners = () => processSingleton('committed-listeners', () => new Set<() => void>());

/** Answers how to stop listening. */
export function onCommitted(listener: () => void): () => void {
  listeners().add(listener);
  return () => listeners().delete(listener);
}

export function noteCommitted(): void {
  for (const listener of listeners()) listener();
}
