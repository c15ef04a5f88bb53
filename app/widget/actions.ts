'use server';

import { customerAction, visitorAction } from '#/lib/action.ts';
import { startFollowUp as follow } from '#/lib/conversations/follow-up.ts';
import {
  startConversationInputSchema,
  startFollowUpInputSchema,
  startTicketInputSchema,
} from '#/lib/conversations/schema.ts';
import { startConversation as start, startTicket as startAnother } from '#/lib/conversations/service.ts';
import { identifyInputSchema, setAttributesInputSchema, trackInputSchema } from '#/lib/identity/schema.ts';
import { identify as exchange, track as note, setAttributes as set } from '#/lib/identity/service.ts';
import { statusPageUrl } from '#/lib/links.ts';
import { sendInputSchema } from '#/lib/messages/schema.ts';
import { sendMessage as send } from '#/lib/messages/service.ts';
import { leaveAddressInputSchema } from '#/lib/pre-chat/schema.ts';
import { leaveAddress as leave } from '#/lib/pre-chat/service.ts';
import { rateInputSchema } from '#/lib/ratings/schema.ts';
import { rateConversation as rate } from '#/lib/ratings/service.ts';
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

export const rateConversation = customerAction({
  name: 'widget.rateConversation',
  limit: 'rating.write',
  input: rateInputSchema,
  run: (customer, input) => rate(customer, input),
});

export const leaveAddress = customerAction({
  name: 'widget.leaveAddress',
  limit: 'rating.write',
  input: leaveAddressInputSchema,
  run: (customer, input) => leave(customer, input),
});

/** The site's word for who somebody is, in exchange for a session of that person's. */
export const identify = visitorAction({
  name: 'widget.identify',
  limit: 'identity.exchange',
  input: identifyInputSchema,
  run: (visitor, input) => exchange(visitor, input),
});

export const setAttributes = customerAction({
  name: 'widget.setAttributes',
  limit: 'attributes.write',
  input: setAttributesInputSchema,
  run: async (customer, input) => {
    const { events } = await set(customer, input);
    return { value: null, events };
  },
});

export const track = customerAction({
  name: 'widget.track',
  limit: 'attributes.write',
  input: trackInputSchema,
  run: (customer, input) => note(customer, input),
});
