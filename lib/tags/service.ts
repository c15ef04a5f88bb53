import { constraintOf, read, type Tx, transact } from '#/db/client.ts';
import { insertChange } from '#/db/events.ts';
import {
  copyTicketTags,
  countTags,
  deleteTag as deleteRow,
  findTag,
  insertTag,
  listTagsInUse as listRowsInUse,
  listTicketIdsOfTag,
  lockTag,
  updateTag,
} from '#/db/tags.ts';
import { RefusedError } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import {
  type ChangeTagInput,
  type CreateTagInput,
  type MergeTagInput,
  type Tag,
  type TagInUse,
  tagsMax,
} from '#/lib/tags/schema.ts';

/** Enough for every screen that may show them; a list further down hears when it asks again. */
const toldTicketsMax = 200;
const mergeMsMax = 20_000;

/** All tags by name, with how many tickets carry each. */
export async function listTagsInUse(actor: AgentActor): Promise<TagInUse[]> {
  authorize(actor, 'tag.read', {});
  return read((tx) => listRowsInUse(tx));
}

/** Makes a tag. The same id again answers the stored one; a name that another tag has is a `conflict`. */
export async function createTag(actor: AgentActor, input: CreateTagInput): Promise<Done<Tag>> {
  return withOwnName(
    transact(async (tx) => {
      authorize(actor, 'tag.create', {});
      const stored = await findTag(tx, input.id);
      if (stored !== null) return { value: stored, events: [] };
      if ((await countTags(tx)) >= tagsMax) throw new RefusedError({ code: 'conflict', reason: 'tags_full' });
      await insertTag(tx, input);
      return { value: input, events: [await noteChange(tx, actor, null, input)] };
    }),
  );
}

/** Renames or recolours a tag, wherever it is on a ticket. */
export async function changeTag(actor: AgentActor, input: ChangeTagInput): Promise<Done<Tag>> {
  return withOwnName(
    transact(async (tx) => {
      authorize(actor, 'tag.manage', {});
      const before = await lockTag(tx, input.id);
      if (before === null) throw new RefusedError({ code: 'not_found' });
      const after: Tag = { ...before, name: input.name ?? before.name, color: input.color ?? before.color };
      if (after.name === before.name && after.color === before.color) return { value: before, events: [] };
      await updateTag(tx, after);
      const change = await noteChange(tx, actor, before, after);
      return { value: after, events: [change, ...(await tellTicketsOf(tx, input.id))] };
    }),
  );
}

/** Takes a tag off every ticket and away. One that is gone is gone. */
export async function deleteTag(actor: AgentActor, id: string): Promise<Done<null>> {
  return transact(async (tx) => {
    authorize(actor, 'tag.manage', {});
    const before = await lockTag(tx, id);
    if (before === null) return { value: null, events: [] };
    const told = await tellTicketsOf(tx, id);
    await deleteRow(tx, id);
    return { value: null, events: [await noteChange(tx, actor, before, null), ...told] };
  });
}

/** Puts `into` wherever the tag is, and takes the tag away. A tag that is gone was merged already. */
export async function mergeTag(actor: AgentActor, { id, into }: MergeTagInput): Promise<Done<null>> {
  return transact(
    async (tx) => {
      authorize(actor, 'tag.manage', {});
      if (id === into) throw new RefusedError({ code: 'invalid', field: 'into', reason: 'tag_unknown' });
      // In the order of their ids, so that two merges of the same pair cannot wait for each other.
      const [first, second] = [id, into].toSorted();
      const locked = [await lockTag(tx, first ?? id), await lockTag(tx, second ?? into)];
      const before = locked.find((tag) => tag?.id === id);
      if (locked.every((tag) => tag?.id !== into)) {
        throw new RefusedError({ code: 'invalid', field: 'into', reason: 'tag_unknown' });
      }
      if (before === undefined || before === null) return { value: null, events: [] };
      const told = await tellTicketsOf(tx, id);
      await copyTicketTags(tx, id, into);
      await deleteRow(tx, id);
      return { value: null, events: [await noteChange(tx, actor, before, null), ...told] };
    },
    { deadlineMs: mergeMsMax },
  );
}

/** The tickets did not change, so they have no rows of their own in `events`: what is lost here is asked for later. */
async function tellTicketsOf(tx: Tx, tagId: string): Promise<ChangeEvent[]> {
  const ids = await listTicketIdsOfTag(tx, tagId, toldTicketsMax);
  const rest = { conversationId: null, entry: null, readersBefore: null, subjectId: null };
  return ids.map((ticketId) => ({ id: newId(), type: 'ticket.changed', ticketId, ...rest }));
}

async function noteChange(
  tx: Tx,
  actor: AgentActor,
  before: Tag | null,
  after: Tag | null,
): Promise<ChangeEvent> {
  const by = { kind: 'agent', id: actor.id } as const;
  const subjectId = (after ?? before)?.id ?? '';
  const sides = { ...(before === null ? {} : { before }), ...(after === null ? {} : { after }) };
  return insertChange(tx, { type: 'tag.changed', actor: by, subjectId, ...sides });
}

async function withOwnName<T>(attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    if (constraintOf(error) !== 'tags_name_unique') throw error;
    throw new RefusedError({ code: 'conflict', reason: 'name_taken', field: 'name' });
  }
}
