import * as z from 'zod/mini';
import { ticketPriorities, ticketStatuses } from '#/lib/tickets/schema.ts';

const moment = z.nullable(z.string());

/** A ticket as the public API answers it, without what `include` adds. */
export const ticketFields = {
  id: z.uuid(),
  number: z.int().register(z.globalRegistry, {
    description: 'What people call it by.',
  }),
  subject: z.string(),
  description: z.nullable(z.string()),
  status: z.enum(ticketStatuses),
  priority: z.enum(ticketPriorities),
  customerId: z.uuid(),
  widgetId: z.nullable(z.uuid()).register(z.globalRegistry, {
    description: 'Of the site that it was written on; null: on none.',
  }),
  departmentId: z.nullable(z.uuid()),
  assigneeId: z.nullable(z.uuid()),
  tagIds: z.array(z.uuid()),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).register(z.globalRegistry, {
    description: 'Values of custom fields, by key.',
  }),
  snoozedUntil: z.nullable(z.string()),
  waitingSince: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'Since when the customer waits for an answer; null: nobody waits.',
  }),
  firstRepliedAt: moment,
  resolvedAt: moment,
  lastActivityAt: z.string(),
  createdAt: z.string(),
  mergedIntoId: z.nullable(z.uuid()).register(z.globalRegistry, {
    description: 'The ticket that it was merged into, where its conversations are now.',
  }),
  version: z.int().register(z.globalRegistry, {
    description: 'Grows with every change, messages included; the ETag.',
  }),
};
