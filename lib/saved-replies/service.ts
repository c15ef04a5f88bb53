import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import { insertChange } from '#/db/events.ts';
import {
  countSavedReplies,
  deleteSavedReply as deleteRow,
  findShortcut,
  listSavedReplies as listRows,
  lockSavedReply,
  writeSavedReply,
} from '#/db/saved-replies.ts';
import { savedReplyScope } from '#/db/scope.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { type SavedReply, type SaveReplyInput, savedRepliesMax } from '#/lib/saved-replies/schema.ts';

/** Everybody's replies and the actor's own, by title. */
export async function listSavedReplies(actor: AgentActor): Promise<SavedReply[]> {
  authorize(actor, 'saved_reply.read', recordOf({ ownerId: actor.id }));
  return read((tx) => listRows(tx, savedReplyScope(actor), 2 * savedRepliesMax));
}

/**
 * Makes the reply or changes it; moving it between one's own and everybody's takes the right to both. The same input
 * again changes nothing. Throws `conflict` where its shortcut is taken within its reach.
 */
export async function saveReply(actor: AgentActor, input: SaveReplyInput): Promise<Done<SavedReply>> {
  const { id, title, shortcut, text, isShared } = input;
  const ownerId = isShared ? null : actor.id;
  const wanted = { id, title, shortcut, text, ownerId };
  return taken(
    transact(async (tx) => {
      const before = await lockSavedReply(tx, id);
      if (before !== null) authorize(actor, 'saved_reply.manage', recordOf(before));
      authorize(actor, 'saved_reply.manage', recordOf(wanted));
      if (before !== null && isSame(before, wanted)) return { value: before, events: [] };
      if (before?.ownerId !== ownerId && (await countSavedReplies(tx, ownerId)) >= savedRepliesMax) {
        throw new RefusedError({ code: 'conflict', reason: 'saved_replies_full' });
      }
      if (shortcut !== null && (await findShortcut(tx, wanted)) !== null) throw shortcutTaken();
      const value = await writeSavedReply(tx, wanted);
      if (value === null) throw new RefusedError({ code: 'not_found' });
      const isSeen = isShared || before?.ownerId === null;
      return { value, events: await noteChange(tx, actor, id, before, value, isSeen) };
    }),
  );
}

/** Taking away what is gone already succeeds. */
export async function deleteReply(actor: AgentActor, id: string): Promise<Done<null>> {
  return transact(async (tx) => {
    const before = await lockSavedReply(tx, id);
    authorize(actor, 'saved_reply.manage', recordOf(before ?? { ownerId: actor.id }));
    if (before === null) return { value: null, events: [] };
    await deleteRow(tx, id);
    const isSeen = before.ownerId === null;
    return { value: null, events: await noteChange(tx, actor, id, before, null, isSeen) };
  });
}

function recordOf({ ownerId }: { ownerId: string | null }) {
  return { agentId: ownerId, isShared: ownerId === null };
}

function isSame(before: SavedReply, wanted: Omit<SavedReply, 'updatedAt'>): boolean {
  const fields = ['title', 'shortcut', 'text', 'ownerId'] as const;
  return fields.every((field) => before[field] === wanted[field]);
}

/** Two people may choose the same shortcut in the same moment: the index decides. */
async function taken<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (constraintOf(error)?.startsWith('saved_replies_shortcut') === true) throw shortcutTaken();
    throw error;
  }
}

function shortcutTaken(): RefusedError {
  return new RefusedError({ code: 'conflict', reason: 'shortcut_taken', field: 'shortcut' });
}

/** Texts stay in their own table. Of one's own nobody else hears. */
async function noteChange(
  tx: Tx,
  actor: AgentActor,
  id: string,
  before: SavedReply | null,
  after: SavedReply | null,
  isSeen: boolean,
): Promise<ChangeEvent[]> {
  const named = (reply: SavedReply) => ({ title: reply.title, isShared: reply.ownerId === null });
  const change = await insertChange(tx, {
    type: 'saved_reply.changed',
    actor,
    subjectId: id,
    ...(before === null ? {} : { before: named(before) }),
    ...(after === null ? {} : { after: named(after) }),
    isSettled: !isSeen,
  });
  return isSeen ? [change] : [];
}
