import * as z from 'zod/mini';
import { apiEventTypes } from '#/lib/events/schema.ts';
import { outboundProblems } from '#/lib/outbound/schema.ts';

export const disabledReasons = ['by_hand', 'failing', 'gone'] as const;
export type DisabledReason = (typeof disabledReasons)[number];
export const deliveryStates = ['waiting', 'delivered', 'failed'] as const;

/** A webhook as the public API and the settings answer it. Its secret is only ever in the answer that made it. */
export const webhookRecord = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  types: z
    .array(z.enum(apiEventTypes))
    .register(z.globalRegistry, { description: 'The types of events that it is told.' }),
  departmentId: z
    .nullable(z.uuid())
    .register(z.globalRegistry, { description: 'Only of this department; null: of all.' }),
  isEnabled: z.boolean(),
  disabledReason: z.nullable(z.enum(disabledReasons)).register(z.globalRegistry, {
    description:
      'Who switched it off: somebody by hand, Parley since nothing got through for a day, or the receiver by answering 410.',
  }),
  disabledAt: z.nullable(z.string()),
  failingSince: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'Since when no attempt has succeeded; null: the last one did.',
  }),
  secretHint: z.string().register(z.globalRegistry, { description: 'The end of its secret.' }),
  formerSecretUntil: z.nullable(z.string()).register(z.globalRegistry, {
    description: 'Until when the secret before this one signs as well; null: it does not.',
  }),
  createdBy: z
    .nullable(z.uuid())
    .register(z.globalRegistry, { description: 'The agent, or the account of the key, that made it.' }),
  createdAt: z.string(),
});
export type WebhookRecord = z.infer<typeof webhookRecord>;

/** The answer that makes a secret: shown this once. */
export const webhookWithSecretRecord = z.extend(webhookRecord, {
  secret: z
    .string()
    .register(z.globalRegistry, { description: 'What its signatures are made with. It is shown only here.' }),
});
export type WebhookWithSecretRecord = z.infer<typeof webhookWithSecretRecord>;

/** One event on its way to one webhook. */
export const deliveryRecord = z.strictObject({
  id: z.uuid(),
  webhookId: z.uuid(),
  eventId: z.uuid().register(z.globalRegistry, { description: 'What its requests carry as `webhook-id`.' }),
  type: z.string(),
  position: z.int(),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  nextAttemptAt: z.nullable(z.string()),
  lastStatus: z
    .nullable(z.int())
    .register(z.globalRegistry, { description: 'What the receiver answered last.' }),
  lastProblem: z.nullable(z.enum(outboundProblems)).register(z.globalRegistry, {
    description: 'Why there was no whole answer to the last attempt; null: there was one.',
  }),
  createdAt: z.string(),
  finishedAt: z.nullable(z.string()),
});
export type DeliveryRecord = z.infer<typeof deliveryRecord>;

export const attemptRecord = z.strictObject({
  number: z.int(),
  at: z.string(),
  durationMs: z.int(),
  url: z.string(),
  requestHeaders: z.record(z.string(), z.string()),
  status: z.nullable(z.int()),
  problem: z.nullable(z.enum(outboundProblems)),
  answerHeaders: z.nullable(z.record(z.string(), z.string())),
  answerText: z
    .nullable(z.string())
    .register(z.globalRegistry, { description: 'The beginning of the answer’s body.' }),
});
export type AttemptRecord = z.infer<typeof attemptRecord>;

/** A delivery with what was sent and what came back. */
export const deliveryWithLogRecord = z.extend(deliveryRecord, {
  body: z
    .string()
    .register(z.globalRegistry, { description: 'What is sent, byte for byte: an event as JSON.' }),
  log: z.array(attemptRecord).register(z.globalRegistry, { description: 'Its last attempts, newest first.' }),
});
export type DeliveryWithLogRecord = z.infer<typeof deliveryWithLogRecord>;
