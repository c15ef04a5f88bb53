import { transact } from '#/db/client.ts';
import {
  deleteExampleRows,
  findExampleSurroundings,
  insertExampleRows,
  releaseTicketsOfExampleAgents,
} from '#/db/example-workspace.ts';
import { makeExampleRows } from '#/lib/workspace/example-rows.ts';

const deadlineMs = 30_000;

/**
 * Fills the workspace with a small shop's last three weeks, all of it or nothing. Loading it twice changes nothing
 * and answers 0 tickets.
 */
export function loadExampleData(now: Date = new Date()): Promise<{ tickets: number }> {
  return transact(
    async (tx) => {
      const { hasExample, ...places } = await findExampleSurroundings(tx);
      if (hasExample) return { tickets: 0 };
      const rows = makeExampleRows({ now, ...places });
      await insertExampleRows(tx, rows);
      return { tickets: rows.tickets.length };
    },
    { deadlineMs },
  );
}

/**
 * Takes the example workspace away again. Real customers, tickets, agents and messages stay; a real ticket that an
 * example agent held is unassigned, and its timeline says so.
 */
export function removeExampleData(): Promise<void> {
  return transact(
    async (tx) => {
      await findExampleSurroundings(tx);
      await releaseTicketsOfExampleAgents(tx);
      await deleteExampleRows(tx);
    },
    { deadlineMs },
  );
}
