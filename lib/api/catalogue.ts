import type * as z from 'zod/mini';
import type { AnyEndpoint } from '#/lib/api/endpoint.ts';
import { agents } from '#/lib/api/endpoints/agents.ts';
import { conversations } from '#/lib/api/endpoints/conversations.ts';
import { customerTokens } from '#/lib/api/endpoints/customer-tokens.ts';
import { customers } from '#/lib/api/endpoints/customers.ts';
import { departments } from '#/lib/api/endpoints/departments.ts';
import { events } from '#/lib/api/endpoints/events.ts';
import { messages } from '#/lib/api/endpoints/messages.ts';
import { participants } from '#/lib/api/endpoints/participants.ts';
import { readMarks } from '#/lib/api/endpoints/read-marks.ts';
import { realtime } from '#/lib/api/endpoints/realtime.ts';
import { tickets } from '#/lib/api/endpoints/tickets.ts';
import { typing } from '#/lib/api/endpoints/typing.ts';
import { webhooks } from '#/lib/api/endpoints/webhooks.ts';
import { agentRecord, invitationRecord, pendingInvitationRecord } from '#/lib/api/records/agents.ts';
import { conversationRecord, plainConversation } from '#/lib/api/records/conversations.ts';
import { customerTokenRecord } from '#/lib/api/records/customer-tokens.ts';
import { customerRecord } from '#/lib/api/records/customers.ts';
import { departmentRecord } from '#/lib/api/records/departments.ts';
import { eventPage, eventRecord } from '#/lib/api/records/events.ts';
import { messageRecord } from '#/lib/api/records/messages.ts';
import { participantRecord } from '#/lib/api/records/participants.ts';
import { readMarkRecord } from '#/lib/api/records/read-marks.ts';
import { realtimeGrantRecord, realtimeRecord } from '#/lib/api/records/realtime.ts';
import { ticketRecord } from '#/lib/api/records/tickets.ts';
import { ownTypingRecord, typingRecord } from '#/lib/api/records/typing.ts';
import {
  attemptRecord,
  deliveryRecord,
  deliveryWithLogRecord,
  webhookRecord,
  webhookWithSecretRecord,
} from '#/lib/api/records/webhooks.ts';

/** Everything that the public API offers, in the order of its documentation. Nobody serves from here. */
export const catalogue: readonly AnyEndpoint[] = [
  tickets,
  conversations,
  messages,
  participants,
  readMarks,
  typing,
  customers,
  agents,
  departments,
  events,
  realtime,
  webhooks,
  customerTokens,
].flatMap((noun): AnyEndpoint[] => Object.values(noun));

/** What answers are made of, by the names that the documentation gives them. */
export const records: Readonly<Record<string, z.ZodMiniType>> = {
  Agent: agentRecord,
  Attempt: attemptRecord,
  Conversation: conversationRecord,
  Customer: customerRecord,
  CustomerToken: customerTokenRecord,
  Delivery: deliveryRecord,
  DeliveryWithLog: deliveryWithLogRecord,
  Department: departmentRecord,
  Event: eventRecord,
  EventPage: eventPage,
  Invitation: invitationRecord,
  Message: messageRecord,
  OwnTyping: ownTypingRecord,
  Participant: participantRecord,
  PendingInvitation: pendingInvitationRecord,
  PlainConversation: plainConversation,
  ReadMark: readMarkRecord,
  Realtime: realtimeRecord,
  RealtimeGrant: realtimeGrantRecord,
  Ticket: ticketRecord,
  Typing: typingRecord,
  Webhook: webhookRecord,
  WebhookWithSecret: webhookWithSecretRecord,
};

/** What is sent to webhooks: an event as the feed answers it. */
export const webhookPayload: z.ZodMiniType = eventRecord;
