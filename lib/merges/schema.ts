import * as z from 'zod/mini';
import type { Entry } from '#/lib/messages/schema.ts';
import type { TicketRow } from '#/lib/tickets/schema.ts';

/**
 * `id` is made by the client: the same one again answers the same. Refused with `conflict`: `same_ticket`,
 * `other_customer`, `source_merged` and `target_merged` (with `current.value`: the number of where that one went).
 */
export const mergeTicketsInputSchema = z.strictObject({
  id: z.uuid(),
  sourceId: z.uuid(),
  targetId: z.uuid(),
});
export type MergeTicketsInput = z.infer<typeof mergeTicketsInputSchema>;
/** The merge's own id. Refused with `conflict` `target_merged` while the target is itself merged into another. */
export const undoMergeInputSchema = z.strictObject({ id: z.uuid() });

/** What merging and undoing it answer: both tickets as they are now. */
export type MergedTickets = { id: string; source: TicketRow; target: TicketRow };

export const mergePreviewQuerySchema = z.strictObject({ ticketId: z.uuid(), with: z.uuid() });
export const mergePreviewMax = 100;
/** Both threads as one, oldest first: the newest hundred entries of them. */
export type MergePreview = {
  ticket: TicketRow;
  other: TicketRow;
  entries: { ticketId: string; conversationId: string; entry: Entry }[];
  hasMore: boolean;
};
