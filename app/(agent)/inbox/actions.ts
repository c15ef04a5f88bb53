'use server';

import { agentAction } from '#/lib/action.ts';
import { savePreferencesInputSchema } from '#/lib/agents/preferences.ts';
import { statusPageUrl } from '#/lib/links.ts';
import { agentSendInputSchema } from '#/lib/messages/schema.ts';
import { sendMessage, writeNote as write } from '#/lib/messages/service.ts';
import { savePreferences as savePreferred } from '#/lib/profile/service.ts';
import { changeTicket as change } from '#/lib/tickets/change.ts';
import { changeTicketInputSchema, ticketRefSchema } from '#/lib/tickets/schema.ts';
import { createTicketLink as createLink, revokeTicketLinks as revokeLinks } from '#/lib/tickets/service.ts';
import {
  changeViewInputSchema,
  orderViewsInputSchema,
  saveViewInputSchema,
  viewRefSchema,
} from '#/lib/views/schema.ts';
import {
  changeView as changeSaved,
  deleteView as deleteSaved,
  orderViews as order,
  saveView as save,
} from '#/lib/views/service.ts';

export const sendReply = agentAction({
  name: 'inbox.sendReply',
  limit: 'message.send.agent',
  input: agentSendInputSchema,
  run: (agent, input) => sendMessage(agent, input),
});

export const writeNote = agentAction({
  name: 'inbox.writeNote',
  limit: 'message.send.agent',
  input: agentSendInputSchema,
  run: (agent, input) => write(agent, input),
});

export const changeTicket = agentAction({
  name: 'inbox.changeTicket',
  limit: 'inbox.write',
  input: changeTicketInputSchema,
  run: (agent, input) => change(agent, input),
});

export const createTicketLink = agentAction({
  name: 'inbox.createTicketLink',
  limit: 'link.create',
  input: ticketRefSchema,
  run: async (agent, { ticketId }) => {
    const { value, events } = await createLink(agent, ticketId);
    return { value: { url: await statusPageUrl(value.token), expiresAt: value.expiresAt }, events };
  },
});

export const revokeTicketLinks = agentAction({
  name: 'inbox.revokeTicketLinks',
  limit: 'inbox.write',
  input: ticketRefSchema,
  run: (agent, { ticketId }) => revokeLinks(agent, ticketId),
});

export const savePreferences = agentAction({
  name: 'inbox.savePreferences',
  limit: 'inbox.write',
  input: savePreferencesInputSchema,
  run: (agent, input) => savePreferred(agent, input),
});

export const saveView = agentAction({
  name: 'inbox.saveView',
  limit: 'inbox.write',
  input: saveViewInputSchema,
  run: (agent, input) => save(agent, input),
});

export const changeView = agentAction({
  name: 'inbox.changeView',
  limit: 'inbox.write',
  input: changeViewInputSchema,
  run: (agent, input) => changeSaved(agent, input),
});

export const orderViews = agentAction({
  name: 'inbox.orderViews',
  limit: 'inbox.write',
  input: orderViewsInputSchema,
  run: (agent, { ids }) => order(agent, ids),
});

export const deleteView = agentAction({
  name: 'inbox.deleteView',
  limit: 'inbox.write',
  input: viewRefSchema,
  run: (agent, { id }) => deleteSaved(agent, id),
});
