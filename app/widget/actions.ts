'use server';

import { customerAction, visitorAction } from '#/lib/action.ts';
import { startFollowUp as follow } from '#/lib/conversations/follow-up.ts';
import {
  startConversationInputSchema,
  startFollowUpInputSchema,
  startTicketInputSchema,
} from '#/lib/conversations/schema.ts';
import { startConversation as start, startTicket as startAnother } from '#/lib/conversations/service.ts';
import { statusPageUrl } from '#/lib/links.ts';
import { sendInputSchema } from '#/lib/messages/schema.ts';
import { sendMessage as send } from '#/lib/messages/service.ts';
import { ticketRefSchema } from '#/lib/tickets/schema.ts';
import { createTicketLink } from '#/lib/tickets/service.ts';

export const startConversation = visitorAction({
  name: 'widget.startConversation',
  limit: 'conversation.start',
  input: startConversationInputSchema,
  run: async (visitor, input) => {
    const { value, events } = await start(visitor, input);
    const { customerId, conversation, entry } = value;
    return { value: { customerId, conversation, entry }, events };
  },
});

export const startTicket = customerAction({
  name: 'widget.startTicket',
  limit: 'ticket.start',
  input: startTicketInputSchema,
  run: (customer, input) => startAnother(customer, input),
});

export const startFollowUp = customerAction({
  name: 'widget.startFollowUp',
  limit: 'ticket.start',
  input: startFollowUpInputSchema,
  run: (customer, input) => follow(customer, input),
});

export const sendMessage = customerAction({
  name: 'widget.sendMessage',
  limit: 'message.send',
  input: sendInputSchema,
  run: (customer, input) => send(customer, input),
});

export const requestTicketLink = customerAction({
  name: 'widget.requestTicketLink',
  limit: 'link.create',
  input: ticketRefSchema,
  run: async (customer, { ticketId }) => {
    const { value, events } = await createTicketLink(customer, ticketId);
    return { value: { url: await statusPageUrl(value.token), expiresAt: value.expiresAt }, events };
  },
});
