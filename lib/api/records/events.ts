import * as z from 'zod/mini';
import { agentRecord } from '#/lib/api/records/agents.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { departmentRecord } from '#/lib/api/records/departments.ts';
import { messageRecord } from '#/lib/api/records/messages.ts';
import { ticketRecord } from '#/lib/api/records/tickets.ts';
import { apiEventTypes, eventActorKinds } from '#/lib/events/schema.ts';

/** One change, as the feed and the webhooks tell it. */
export const eventRecord = z.strictObject({
  id: z.uuid().register(z.globalRegistry, {
    description: 'The same wherever the event is told: by it, one that comes twice is told from two.',
  }),
  type: z.enum(apiEventTypes),
  position: z.int().register(z.globalRegistry, {
    description: 'Its place in the feed. Grows from event to event, not always by one.',
  }),
  at: z.string(),
  actor: z.strictObject({
    kind: z.enum(eventActorKinds),
    id: z.nullable(z.uuid()).register(z.globalRegistry, {
      description: 'Of a key: the id that the sender of its messages has, too.',
    }),
  }),
  ticketId: z.nullable(z.uuid()),
  conversationId: z.nullable(z.uuid()),
  subjectId: z.uuid().register(z.globalRegistry, {
    description: 'What it is about: a ticket, message, customer, agent or department, by its type.',
  }),
  before: z
    .nullable(z.record(z.string(), z.unknown()))
    .register(z.globalRegistry, { description: 'What changed, as it was.' }),
  after: z
    .nullable(z.record(z.string(), z.unknown()))
    .register(z.globalRegistry, { description: 'What changed, as it became.' }),
  object: z
    .nullable(z.union([ticketRecord, messageRecord, customerRecord, agentRecord, departmentRecord]))
    .register(z.globalRegistry, {
      description: 'What it is about, as it is when this is answered; null when that is gone.',
    }),
});
export type EventRecord = z.infer<typeof eventRecord>;

/** Events in order, and where to go on. */
export const eventPage = z.strictObject({
  data: z.array(eventRecord),
  nextAfter: z.int().register(z.globalRegistry, {
    description:
      'Pass it as `after` next time, also after an empty page: it stands behind what this key does not hear.',
  }),
  hasMore: z.boolean().register(z.globalRegistry, {
    description: 'There may be more already: ask again at once.',
  }),
});
export type EventPage = z.infer<typeof eventPage>;
