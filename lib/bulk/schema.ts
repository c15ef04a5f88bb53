import * as z from 'zod/mini';
import { ticketChanges, ticketFilterSchema, viewKeySchema } from '#/lib/tickets/schema.ts';

export const bulkStates = ['running', 'done', 'cancelled'] as const;
export type BulkState = (typeof bulkStates)[number];
/** `skipped` was refused or was so already; `reason` says which. */
export const bulkItemStates = ['waiting', 'done', 'skipped'] as const;

export const bulkIdsMax = 100;
export const bulkMatchingMax = 20_000;
/** What can be done to many tickets at once: the same changes that one ticket takes. */
export const bulkActSchema = z.discriminatedUnion('field', [
  ticketChanges.status,
  ticketChanges.assignee,
  ticketChanges.department,
  ticketChanges.priority,
  ticketChanges.tags,
  ticketChanges.snooze,
]);
export type BulkAct = z.infer<typeof bulkActSchema>;

/** `id` is made by the client: the same one again answers the job as it is. */
export const startBulkInputSchema = z.strictObject({
  id: z.uuid(),
  act: bulkActSchema,
  /**
   * The chosen ones, or all that the list shows: 20,000 at most (more is `invalid` `too_many_tickets`), and none while it
   * names what is gone (`conflict` `filter_gone`).
   */
  on: z.union([
    z.strictObject({
      ids: z.array(z.uuid()).check(z.minLength(1), z.maxLength(bulkIdsMax, 'too_many_tickets')),
    }),
    z.strictObject({ view: viewKeySchema, filter: ticketFilterSchema }),
  ]),
});
export type StartBulkInput = z.infer<typeof startBulkInputSchema>;
export const bulkRefSchema = z.strictObject({ id: z.uuid() });
/** Takes job `of` back, as a new job `id`. */
export const undoBulkInputSchema = z.strictObject({ id: z.uuid(), of: z.uuid() });
export type UndoBulkInput = z.infer<typeof undoBulkInputSchema>;

export const bulkJobSchema = z.object({
  id: z.uuid(),
  act: bulkActSchema,
  state: z.enum(bulkStates),
  total: z.int(),
  done: z.int(),
  skipped: z.int(),
  /** Why they were left alone, most frequent first: `same_already`, `forbidden`, `not_found`, `changed_meanwhile`, … */
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })),
  /** The job that this one takes back. */
  undoes: z.nullable(z.uuid()),
  createdAt: z.string(),
  /** It did something and is over, and nobody has taken it back yet. */
  canUndo: z.boolean(),
});
export type BulkJob = z.infer<typeof bulkJobSchema>;
