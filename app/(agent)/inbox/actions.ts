'use server';

import { agentAction } from '#/lib/action.ts';
import { savePreferencesInputSchema } from '#/lib/agents/preferences.ts';
import { type BulkJob, bulkRefSchema, startBulkInputSchema, undoBulkInputSchema } from '#/lib/bulk/schema.ts';
import { cancelBulk as cancel, startBulk as start, undoBulk as takeBulkBack } from '#/lib/bulk/service.ts';
import { wakeBulkWork } from '#/lib/bulk/work.ts';
import { blockCustomerInputSchema, changeCustomerInputSchema } from '#/lib/customers/schema.ts';
import { blockCustomer as block, changeCustomer as changeThem } from '#/lib/customers/service.ts';
import { statusPageUrl } from '#/lib/links.ts';
import { mergeTicketsInputSchema, undoMergeInputSchema } from '#/lib/merges/schema.ts';
import { mergeTickets as merge, undoMerge as takeMergeBack } from '#/lib/merges/service.ts';
import { agentSendInputSchema } from '#/lib/messages/schema.ts';
import { sendMessage, writeNote as write } from '#/lib/messages/service.ts';
import { availabilityInputSchema } from '#/lib/profile/schema.ts';
import { savePreferences as savePreferred, saveProfile } from '#/lib/profile/service.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { publishBulkJob } from '#/lib/realtime/publish.ts';
import { createTagInputSchema } from '#/lib/tags/schema.ts';
import { createTag as makeTag } from '#/lib/tags/service.ts';
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

export const mergeTickets = agentAction({
  name: 'inbox.mergeTickets',
  limit: 'inbox.write',
  input: mergeTicketsInputSchema,
  run: (agent, input) => merge(agent, input),
});

export const undoMerge = agentAction({
  name: 'inbox.undoMerge',
  limit: 'inbox.write',
  input: undoMergeInputSchema,
  run: (agent, input) => takeMergeBack(agent, input),
});

export const startBulk = agentAction({
  name: 'inbox.startBulk',
  limit: 'bulk.start',
  input: startBulkInputSchema,
  run: async (agent, input) => begun(agent.id, await start(agent, input)),
});

export const undoBulk = agentAction({
  name: 'inbox.undoBulk',
  limit: 'bulk.start',
  input: undoBulkInputSchema,
  run: async (agent, input) => begun(agent.id, await takeBulkBack(agent, input)),
});

export const cancelBulk = agentAction({
  name: 'inbox.cancelBulk',
  limit: 'inbox.write',
  input: bulkRefSchema,
  run: async (agent, { id }) => begun(agent.id, await cancel(agent, id)),
});

/** The agent's other tabs hear of it, and the work begins now. */
function begun(agentId: string, done: Done<BulkJob>): Done<BulkJob> {
  publishBulkJob(agentId, done.value);
  wakeBulkWork();
  return done;
}

export const changeCustomer = agentAction({
  name: 'inbox.changeCustomer',
  limit: 'inbox.write',
  input: changeCustomerInputSchema,
  run: (agent, input) => changeThem(agent, input),
});

export const blockCustomer = agentAction({
  name: 'inbox.blockCustomer',
  limit: 'inbox.write',
  input: blockCustomerInputSchema,
  run: (agent, input) => block(agent, input),
});

export const setAvailability = agentAction({
  name: 'inbox.setAvailability',
  limit: 'inbox.write',
  input: availabilityInputSchema,
  run: (agent, input) => saveProfile(agent, input),
});

export const createTag = agentAction({
  name: 'inbox.createTag',
  limit: 'inbox.write',
  input: createTagInputSchema,
  run: (agent, input) => makeTag(agent, input),
});
