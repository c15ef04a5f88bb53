import { verify } from '@node-rs/argon2';
import { lockAgent } from '#/db/agents.ts';
import { read, transact } from '#/db/client.ts';
import { insertEvent } from '#/db/events.ts';
import {
  findProfile as findProfileRow,
  updatePassword,
  updatePreferences,
  updateProfile,
} from '#/db/profiles.ts';
import { type Preferences, parsePreferences, type SavePreferencesInput } from '#/lib/agents/preferences.ts';
import type { AgentAvailability } from '#/lib/agents/schema.ts';
import { forgetSessions, hashPassword, type SignedInAgent } from '#/lib/agents/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangePasswordInput, SaveProfileInput } from '#/lib/profile/schema.ts';
import { forgiveAttempts, limitFailures } from '#/lib/rate-limit.ts';
import type { Done } from '#/lib/realtime/changes.ts';

export type Profile = {
  name: string;
  timezone: string | null;
  availability: AgentAvailability;
  preferences: Preferences;
};

/** What an agent set for themselves, whole. */
export async function getProfile(actor: AgentActor): Promise<Profile> {
  authorize(actor, 'agent.change', { agentId: actor.id });
  const row = await read((tx) => findProfileRow(tx, actor.id));
  if (row === null) throw new RefusedError({ code: 'not_found' });
  return { ...row, preferences: parsePreferences(row.preferences) };
}

/** Saves what is named and answers all of them. Nobody else's screen shows them, so nothing is published. */
export async function savePreferences(
  actor: AgentActor,
  change: SavePreferencesInput,
): Promise<Done<Preferences>> {
  return transact(async (tx) => {
    authorize(actor, 'agent.change', { agentId: actor.id });
    return { value: parsePreferences(await updatePreferences(tx, actor.id, change)), events: [] };
  });
}

/** Saves what is named of name, time zone and availability. Only another name changes what people are shown. */
export async function saveProfile(actor: AgentActor, input: SaveProfileInput): Promise<Done<null>> {
  const done = await transact(async (tx): Promise<Done<null>> => {
    authorize(actor, 'agent.change', { agentId: actor.id });
    const account = await lockAgent(tx, actor.id);
    const before = await findProfileRow(tx, actor.id);
    if (account === null || before === null) throw new RefusedError({ code: 'not_found' });
    const { name = before.name, timezone = before.timezone, availability = before.availability } = input;
    const to = { name, timezone, availability };
    const changed = (['name', 'timezone', 'availability'] as const).filter(
      (field) => before[field] !== to[field],
    );
    if (changed.length === 0) return { value: null, events: [] };
    await updateProfile(tx, actor.id, to);
    const isTold = changed.includes('name');
    const event = { id: newId(), type: 'agent.changed', subjectId: actor.id } as const;
    await insertEvent(tx, {
      ...event,
      actor: { kind: 'agent', id: actor.id },
      before: Object.fromEntries(changed.map((field) => [field, before[field]])),
      after: Object.fromEntries(changed.map((field) => [field, to[field]])),
      isSettled: !isTold,
    });
    const untold = { ticketId: null, conversationId: null, entry: null, readersBefore: null };
    return { value: null, events: isTold ? [{ ...event, ...untold }] : [] };
  });
  forgetSessions(actor.id);
  return done;
}

/**
 * Sets another password, given the present one, and ends every session of the account and its sockets, also the one
 * that asks: whoever calls opens a new one. Throws `forbidden` (`wrong_password`), and `rate_limited` for a guesser.
 */
export async function changePassword(actor: SignedInAgent, input: ChangePasswordInput): Promise<Done<null>> {
  authorize(actor, 'agent.change', { agentId: actor.id });
  const counted = [await limitFailures('sign_in.account_from', `${actor.email.toLowerCase()} own`)];
  const nextHash = await hashPassword(input.next);
  const done = await transact(async (tx) => {
    const account = await lockAgent(tx, actor.id);
    if (account === null) throw new RefusedError({ code: 'not_found' });
    if (!(await opens(account.passwordHash, input.current))) {
      throw new RefusedError({ code: 'forbidden', reason: 'wrong_password', field: 'current' });
    }
    await updatePassword(tx, actor.id, nextHash);
    const id = newId();
    const event = { id, type: 'agent.password_changed', subjectId: actor.id } as const;
    await insertEvent(tx, { ...event, actor: { kind: 'agent', id: actor.id } });
    const untold = { ticketId: null, conversationId: null, entry: null, readersBefore: null };
    return { value: null, events: [{ ...event, ...untold }] };
  });
  await forgiveAttempts(counted);
  forgetSessions(actor.id);
  return done;
}

/** Without a hash, and with one that is none, no password is right. */
async function opens(hash: string | null, password: string): Promise<boolean> {
  return hash !== null && (await verify(hash, password).catch(() => false));
}
