import {
  deletePicture,
  findPictureId as findPictureIdRow,
  findPicture as findPictureRow,
  replacePicture,
} from '#/db/agent-pictures.ts';
import { read, transact } from '#/db/client.ts';
import { insertEvent } from '#/db/events.ts';
import { RefusedError } from '#/lib/errors.ts';
import { drawPortrait } from '#/lib/files/pictures.ts';
import { newId } from '#/lib/ids.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { SavePictureInput } from '#/lib/profile/schema.ts';
import type { Done } from '#/lib/realtime/changes.ts';

/** The id of an agent's own picture, or null. */
export async function findPictureId(actor: AgentActor): Promise<string | null> {
  authorize(actor, 'agent.change', { agentId: actor.id });
  return read((tx) => findPictureIdRow(tx, actor.id));
}

/**
 * Draws an agent's own picture anew, small and of its pixels alone, and keeps that under a new id; null takes it away.
 * Customers see it the next time that their chat looks, so nothing is published.
 */
export async function savePicture(
  actor: AgentActor,
  { picture }: SavePictureInput,
): Promise<Done<{ pictureId: string | null }>> {
  authorize(actor, 'agent.change', { agentId: actor.id });
  const drawn = picture === null ? null : await drawPortrait(Buffer.from(picture, 'base64'));
  if (picture !== null && drawn === null) {
    throw new RefusedError({ code: 'invalid', field: 'picture', reason: 'picture_not_valid' });
  }
  const id = newId();
  await transact(async (tx) => {
    authorize(actor, 'agent.change', { agentId: actor.id });
    if (drawn !== null) await replacePicture(tx, { agentId: actor.id, id, picture: drawn });
    else if (!(await deletePicture(tx, actor.id))) return;
    await insertEvent(tx, {
      id: newId(),
      type: 'agent.changed',
      subjectId: actor.id,
      actor: { kind: 'agent', id: actor.id },
      after: { hasPicture: drawn !== null },
      isSettled: true,
    });
  });
  return { value: { pictureId: drawn === null ? null : id }, events: [] };
}

/** A WebP, for whoever was told its id; null when it was replaced or taken away. */
export async function findPicture(id: string): Promise<Buffer | null> {
  return read((tx) => findPictureRow(tx, id));
}
