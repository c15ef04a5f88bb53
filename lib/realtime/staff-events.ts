import * as z from 'zod/mini';
import { bulkJobSchema } from '#/lib/bulk/schema.ts';
import { draftSchema } from '#/lib/drafts/schema.ts';
import { notificationItemSchema } from '#/lib/notifications/schema.ts';
import type { ChannelKind } from '#/lib/realtime/channels.ts';
import { viewingStates } from '#/lib/viewing/schema.ts';

/** The catalogue's part that only the inbox reads; no widget ever loads it. */

/** Tags, fields, departments, shared views and replies, agents or the workspace's name changed: fetch them again. */
export const catalogueChanged = z.object({});
/** One of the agent's own drafts was saved elsewhere. A null text was too large for an event: fetch it. */
export const draftChanged = z.object({
  ticketId: z.uuid(),
  draft: z.extend(draftSchema, { text: z.nullable(z.string()) }),
});
export const notificationCreated = z.object({ notification: notificationItemSchema });
/** These were read, or all for null; `unread` is what is left, bounded as in the list. */
export const notificationRead = z.object({ ids: z.nullable(z.array(z.uuid())), unread: z.int() });
/** A colleague opened a ticket, types in it, or left it with every page of theirs. Good for `viewingShownMs`. */
export const viewingChanged = z.object({
  ticketId: z.uuid(),
  agent: z.object({ id: z.uuid(), name: z.string() }),
  state: z.enum(viewingStates),
});
/** As `ticket.changed`, for a row too large for one event: ask. */
export const ticketAvailable = z.object({ ticketId: z.uuid(), epoch: z.string() });

/** Work on many tickets began, went on or ended; to the agent who asked for it. */
export const bulkChanged = z.object({ job: bulkJobSchema });

export const staffEventPayloads = {
  'catalogue.changed': catalogueChanged,
  'draft.changed': draftChanged,
  'notification.created': notificationCreated,
  'notification.read': notificationRead,
  'viewing.changed': viewingChanged,
  'ticket.available': ticketAvailable,
  'bulk.changed': bulkChanged,
} as const;

export const staffEventChannels: Record<keyof typeof staffEventPayloads, readonly ChannelKind[]> = {
  'catalogue.changed': ['staff'],
  'draft.changed': ['agent'],
  'notification.created': ['agent'],
  'notification.read': ['agent'],
  'viewing.changed': ['staff', 'department', 'agent'],
  'ticket.available': ['staff', 'department', 'agent'],
  'bulk.changed': ['agent'],
};
