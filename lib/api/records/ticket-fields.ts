import * as z from 'zod/mini';
import { ticketPriorities, ticketStatuses } from '#/lib/tickets/schema.ts';

const told = <Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema =>
  schema.register(z.globalRegistry, { description });
const moment = z.nullable(z.string());

/** A ticket as the public API answers it, without what `include` adds. */
export const ticketFields = {
  id: z.uuid(),
  number: told(z.int(), 'What people call it by.'),
  subject: z.string(),
  description: z.nullable(z.string()),
  status: z.enum(ticketStatuses),
  priority: z.enum(ticketPriorities),
  customerId: z.uuid(),
  widgetId: told(z.nullable(z.uuid()), 'Of the site that it was written on; null: on none.'),
  departmentId: z.nullable(z.uuid()),
  assigneeId: z.nullable(z.uuid()),
  tagIds: z.array(z.uuid()),
  fields: told(
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    'Values of custom fields, by key.',
  ),
  snoozedUntil: z.nullable(z.string()),
  waitingSince: told(z.nullable(z.string()), 'Since when the customer waits for an answer; null: nobody waits.'),
  firstRepliedAt: moment,
  resolvedAt: moment,
  lastActivityAt: z.string(),
  createdAt: z.string(),
  mergedIntoId: told(
    z.nullable(z.uuid()),
    'The ticket that it was merged into, where its conversations are now.',
  ),
  version: told(z.int(), 'Grows with every change, messages included; the ETag.'),
};
