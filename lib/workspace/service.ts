import { hasAdmin, hasExampleAgents } from '#/db/agents.ts';
import { read, type Tx, transact } from '#/db/client.ts';
import { insertDepartment } from '#/db/departments.ts';
import { insertChange, insertEvent } from '#/db/events.ts';
import { insertInvite, lockInvite, markInviteUsed, revokeInvites } from '#/db/invites.ts';
import { insertWidget, listWidgets } from '#/db/widgets.ts';
import {
  findWorkspace,
  insertWorkspace,
  lockWorkspace,
  updateWorkspace,
  updateWorkspaceName,
} from '#/db/workspace.ts';
import { addAgent, hashPassword } from '#/lib/agents/service.ts';
import { tokenHashOf } from '#/lib/auth/tokens.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { logger } from '#/lib/logger.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { newWidgetKey } from '#/lib/widgets/service.ts';
import * as example from '#/lib/workspace/example-data.ts';
import type { SaveWorkspaceInput } from '#/lib/workspace/schema.ts';

const setupLivesForDays = 30;
const system = { kind: 'system' } as const;
const unnamed = 'Parley';

/** The company's name, for pages that anybody may open; null before the first run. */
export async function findWorkspaceName(): Promise<string | null> {
  return (await read((tx) => findWorkspace(tx)))?.name ?? null;
}

export async function getWorkspace(actor: AgentActor): Promise<SaveWorkspaceInput> {
  authorize(actor, 'workspace.read', {});
  const found = await read((tx) => findWorkspace(tx));
  if (found === null) throw new RefusedError({ code: 'not_found' });
  return { name: found.name, reopeningHours: found.reopeningHours };
}

/** Renames the workspace and sets for how long a reply reopens a resolved ticket. */
export async function saveWorkspace(actor: AgentActor, to: SaveWorkspaceInput): Promise<Done<null>> {
  return transact(async (tx) => {
    authorize(actor, 'workspace.manage', {});
    const before = await lockWorkspace(tx);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    if (before.name === to.name && before.reopeningHours === to.reopeningHours) {
      return { value: null, events: [] };
    }
    await updateWorkspace(tx, to);
    // There is one workspace, and it has no id: the trail's subject is who changed it.
    const change = await insertChange(tx, {
      type: 'workspace.changed',
      actor,
      subjectId: actor.id,
      before,
      after: { ...to },
    });
    return { value: null, events: [change] };
  });
}

/**
 * Makes the workspace, its department and its widget unless they are there, allowing these origins to embed. While
 * nobody can sign in, answers a new one-time token for `/setup`, and every earlier one ends.
 */
export async function ensureWorkspace(options: {
  origins: readonly string[];
}): Promise<{ setupToken: string | null; widgetKey: string }> {
  return transact(async (tx) => {
    authorize(system, 'workspace.manage', {});
    const isNew = await insertWorkspace(tx, unnamed, newId());
    if (isNew) await insertFirstRows(tx, options.origins);
    const [widget] = await listWidgets(tx);
    const setupToken = (await hasAdmin(tx)) ? null : await renewSetupInvite(tx);
    return { setupToken, widgetKey: widget?.key ?? '' };
  });
}

async function insertFirstRows(tx: Tx, origins: readonly string[]): Promise<void> {
  const departmentId = newId();
  await insertDepartment(tx, { id: departmentId, name: 'Support' });
  await insertWidget(tx, {
    id: newId(),
    key: newWidgetKey(),
    name: 'Website',
    allowedOrigins: [...origins],
    departmentId,
  });
  const event = { id: newId(), type: 'workspace.created', actor: { kind: 'system', id: null } } as const;
  await insertEvent(tx, { ...event, isSettled: true });
}

async function renewSetupInvite(tx: Tx): Promise<string> {
  const token = newToken();
  const tokenHash = tokenHashOf(token);
  if (tokenHash === null) throw new Error('a token of ours that is not one');
  await revokeInvites(tx, 'setup', null);
  await insertInvite(tx, {
    id: newId(),
    kind: 'setup',
    email: null,
    role: 'admin',
    departmentId: null,
    tokenHash,
    invitedBy: null,
    livesForDays: setupLivesForDays,
  });
  return token;
}

/** Makes the first admin and names the workspace. The token opens once, and only while there is no admin. */
export async function completeSetup(input: {
  token: string;
  workspaceName: string;
  name: string;
  email: string;
  password: string;
  withExampleData: boolean;
}): Promise<Done<{ agentId: string; email: string }>> {
  const tokenHash = tokenHashOf(input.token);
  if (tokenHash === null) throw new RefusedError({ code: 'not_found', reason: 'token_invalid' });
  const passwordHash = await hashPassword(input.password);
  const agentId = newId();
  await transact(async (tx) => {
    // The token is the right: whoever holds it acts as the system, once.
    authorize(system, 'workspace.manage', {});
    const invite = await lockInvite(tx, tokenHash, 'setup');
    if (invite === null || (await hasAdmin(tx))) {
      throw new RefusedError({ code: 'not_found', reason: 'token_invalid' });
    }
    await updateWorkspaceName(tx, input.workspaceName);
    const { name, email } = input;
    await addAgent(tx, { id: agentId, name, email, role: 'admin', departmentId: null, passwordHash });
    await markInviteUsed(tx, invite.id);
    const actor = { kind: 'agent', id: agentId } as const;
    await insertEvent(tx, { id: newId(), type: 'agent.joined', actor, subjectId: agentId, isSettled: true });
  });
  if (input.withExampleData) await tryLoadExampleData();
  return { value: { agentId, email: input.email }, events: [] };
}

/** The account is there and the link is used: without examples people can work, with an error they could not. */
async function tryLoadExampleData(): Promise<void> {
  try {
    await example.loadExampleData();
  } catch (error) {
    logger().error('example data was not loaded', { error });
  }
}

export async function hasExampleData(actor: AgentActor): Promise<boolean> {
  authorize(actor, 'workspace.read', {});
  return read((tx) => hasExampleAgents(tx));
}

/** Takes the example workspace away; everything real stays. */
export async function removeExampleData(actor: AgentActor): Promise<Done<null>> {
  authorize(actor, 'workspace.manage', {});
  await example.removeExampleData();
  return { value: null, events: [] };
}
