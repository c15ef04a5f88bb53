import type { Access, Clients } from '#/bench/adapter.ts';
import { loadAdapter } from '#/bench/adapters.ts';
import type { Figure } from '#/bench/figures.ts';
import { runTask, type Task } from '#/bench/scenarios.ts';

export type ToLoad = { kind: 'open'; adapter: string; access: Access } | { kind: 'task'; task: Task };
export type FromLoad = { kind: 'done'; figures: Figure[] } | { kind: 'failed'; reason: string };

/** The load generator: a process of its own, so that its work is not counted as the system's. */
let clients: Clients | undefined;

process.on('message', (message: ToLoad) => {
  answer(message).then(
    (figures) => send({ kind: 'done', figures }),
    (error) => send({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

async function answer(message: ToLoad): Promise<Figure[]> {
  if (message.kind === 'open') {
    clients = await (await loadAdapter(message.adapter)).open(message.access);
    return [];
  }
  if (clients === undefined) throw new Error('a task before the system was opened');
  return runTask(clients, message.task);
}

function send(message: FromLoad): void {
  process.send?.(message);
}
