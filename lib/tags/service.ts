import { constraintOf, type Tx, transact } from '#/db/client.ts';
import { insertChange } from '#/db/events.ts';
import { countTags, deleteTag as deleteRow, findTag, insertTag, lockTag, updateTag } from '#/db/tags.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';
import { type ChangeTagInput, type CreateTagInput, type Tag, tagsMax } from '#/lib/tags/schema.ts';

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
      return { value: after, events: [await noteChange(tx, actor, before, after)] };
    }),
  );
}

/** Takes a tag off every ticket and away. One that is gone is gone. */
export async function deleteTag(actor: AgentActor, id: string): Promise<Done<null>> {
  return transact(async (tx) => {
    authorize(actor, 'tag.manage', {});
    const before = await lockTag(tx, id);
    if (before === null) return { value: null, events: [] };
    await deleteRow(tx, id);
    return { value: null, events: [await noteChange(tx, actor, before, null)] };
  });
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
