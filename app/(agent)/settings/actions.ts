'use server';

import * as z from 'zod/mini';
import { agentAction } from '#/lib/action.ts';
import {
  agentRefSchema,
  changeAgentInputSchema,
  deactivateAgentInputSchema,
  inviteAgentInputSchema,
  inviteRefSchema,
} from '#/lib/agents/schema.ts';
import {
  changeAgent as change,
  deactivateAgent as deactivate,
  handOverTickets,
  inviteAgent as invite,
  reactivateAgent as reactivate,
  renewInvite as renew,
  revokeInvite as revoke,
} from '#/lib/agents/service.ts';
import {
  changeFieldInputSchema,
  createFieldInputSchema,
  orderFieldsInputSchema,
} from '#/lib/custom-fields/schema.ts';
import * as fields from '#/lib/custom-fields/service.ts';
import { deleteDepartmentInputSchema, saveDepartmentInputSchema } from '#/lib/departments/schema.ts';
import * as departments from '#/lib/departments/service.ts';
import { inviteUrl } from '#/lib/links.ts';
import { savePreChatInputSchema } from '#/lib/pre-chat/schema.ts';
import { savePreChat as savePreChatTo } from '#/lib/pre-chat/service.ts';
import { replyRefSchema, saveReplyInputSchema } from '#/lib/saved-replies/schema.ts';
import * as savedReplies from '#/lib/saved-replies/service.ts';
import {
  changeTagInputSchema,
  createTagInputSchema,
  mergeTagInputSchema,
  tagRefSchema,
} from '#/lib/tags/schema.ts';
import * as tags from '#/lib/tags/service.ts';
import { saveWidgetTextsInputSchema } from '#/lib/texts/schema.ts';
import { createWidgetInputSchema, saveWidgetInputSchema } from '#/lib/widgets/schema.ts';
import { createWidget as create, saveWidget as save } from '#/lib/widgets/service.ts';
import { saveWidgetTexts as saveTexts } from '#/lib/widgets/texts.ts';
import { saveWorkspaceInputSchema } from '#/lib/workspace/schema.ts';
import {
  removeExampleData as removeExample,
  saveWorkspace as saveWorkspaceTo,
} from '#/lib/workspace/service.ts';

export const inviteAgent = agentAction({
  name: 'settings.inviteAgent',
  limit: 'settings.write',
  input: inviteAgentInputSchema,
  run: async (agent, input) => {
    const { value, events } = await invite(agent, input);
    return { value: { url: await inviteUrl(value.token), expiresAt: value.expiresAt }, events };
  },
});

export const deactivateAgent = agentAction({
  name: 'settings.deactivateAgent',
  limit: 'settings.write',
  input: deactivateAgentInputSchema,
  run: (agent, { agentId, handOver }) => deactivate(agent, agentId, handOver),
  after: (agent) => handOverTickets(agent),
});

export const reactivateAgent = agentAction({
  name: 'settings.reactivateAgent',
  limit: 'settings.write',
  input: agentRefSchema,
  run: (agent, { agentId }) => reactivate(agent, agentId),
});

export const changeAgent = agentAction({
  name: 'settings.changeAgent',
  limit: 'settings.write',
  input: changeAgentInputSchema,
  run: (agent, input) => change(agent, input),
});

/** A new link for a pending invitation: only its token's hash is kept, so the first link cannot be shown again. */
export const renewInvite = agentAction({
  name: 'settings.renewInvite',
  limit: 'settings.write',
  input: inviteRefSchema,
  run: async (agent, { inviteId }) => {
    const { value, events } = await renew(agent, inviteId);
    return { value: { url: await inviteUrl(value.token), expiresAt: value.expiresAt }, events };
  },
});

export const revokeInvite = agentAction({
  name: 'settings.revokeInvite',
  limit: 'settings.write',
  input: inviteRefSchema,
  run: (agent, { inviteId }) => revoke(agent, inviteId),
});

export const saveDepartment = agentAction({
  name: 'settings.saveDepartment',
  limit: 'settings.write',
  input: saveDepartmentInputSchema,
  run: (agent, input) => departments.saveDepartment(agent, input),
});

export const deleteDepartment = agentAction({
  name: 'settings.deleteDepartment',
  limit: 'settings.write',
  input: deleteDepartmentInputSchema,
  run: (agent, input) => departments.deleteDepartment(agent, input),
  after: (agent) => departments.moveTicketsOut(agent),
});

export const saveReply = agentAction({
  name: 'settings.saveReply',
  limit: 'settings.write',
  input: saveReplyInputSchema,
  run: (agent, input) => savedReplies.saveReply(agent, input),
});

export const deleteReply = agentAction({
  name: 'settings.deleteReply',
  limit: 'settings.write',
  input: replyRefSchema,
  run: (agent, { id }) => savedReplies.deleteReply(agent, id),
});

export const createWidget = agentAction({
  name: 'settings.createWidget',
  limit: 'settings.write',
  input: createWidgetInputSchema,
  run: (agent, input) => create(agent, input),
});

export const saveWidget = agentAction({
  name: 'settings.saveWidget',
  limit: 'settings.write',
  input: saveWidgetInputSchema,
  run: (agent, input) => save(agent, input),
});

export const saveWidgetTexts = agentAction({
  name: 'settings.saveWidgetTexts',
  limit: 'settings.write',
  input: saveWidgetTextsInputSchema,
  run: (agent, input) => saveTexts(agent, input),
});

export const savePreChat = agentAction({
  name: 'settings.savePreChat',
  limit: 'settings.write',
  input: savePreChatInputSchema,
  run: (agent, input) => savePreChatTo(agent, input),
});

export const saveWorkspace = agentAction({
  name: 'settings.saveWorkspace',
  limit: 'settings.write',
  input: saveWorkspaceInputSchema,
  run: (agent, input) => saveWorkspaceTo(agent, input),
});

export const removeExampleData = agentAction({
  name: 'settings.removeExampleData',
  limit: 'settings.write',
  input: z.strictObject({}),
  run: (agent) => removeExample(agent),
});

export const createTag = agentAction({
  name: 'settings.createTag',
  limit: 'settings.write',
  input: createTagInputSchema,
  run: (agent, input) => tags.createTag(agent, input),
});

export const changeTag = agentAction({
  name: 'settings.changeTag',
  limit: 'settings.write',
  input: changeTagInputSchema,
  run: (agent, input) => tags.changeTag(agent, input),
});

export const deleteTag = agentAction({
  name: 'settings.deleteTag',
  limit: 'settings.write',
  input: tagRefSchema,
  run: (agent, { id }) => tags.deleteTag(agent, id),
});

export const mergeTag = agentAction({
  name: 'settings.mergeTag',
  limit: 'settings.write',
  input: mergeTagInputSchema,
  run: (agent, input) => tags.mergeTag(agent, input),
});

export const createField = agentAction({
  name: 'settings.createField',
  limit: 'settings.write',
  input: createFieldInputSchema,
  run: (agent, input) => fields.createField(agent, input),
});

export const changeField = agentAction({
  name: 'settings.changeField',
  limit: 'settings.write',
  input: changeFieldInputSchema,
  run: (agent, input) => fields.changeField(agent, input),
});

export const orderFields = agentAction({
  name: 'settings.orderFields',
  limit: 'settings.write',
  input: orderFieldsInputSchema,
  run: (agent, input) => fields.orderFields(agent, input),
});
