import { asCustomer, read, type Tx, transact } from '#/db/client.ts';
import { listFields } from '#/db/custom-fields.ts';
import { findCustomer } from '#/db/customers.ts';
import { listDepartments } from '#/db/departments.ts';
import { insertChange } from '#/db/events.ts';
import { findAsking, lockAsking, updateAsking, updateOwnDetails } from '#/db/pre-chat.ts';
import type { CustomField } from '#/lib/custom-fields/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { Actor, AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import { isEmail, type PreChatForm } from '#/lib/pre-chat/form.ts';
import { formOf, preChatOf } from '#/lib/pre-chat/rules.ts';
import type { PreChat, SavePreChatInput } from '#/lib/pre-chat/schema.ts';
import type { Done } from '#/lib/realtime/changes.ts';
import { cleanName } from '#/lib/text.ts';

/** What a widget asks, as its settings show it. */
export async function getAsking(
  actor: AgentActor,
  widgetId: string,
): Promise<{ preChat: PreChat; asksRating: boolean }> {
  authorize(actor, 'widget.read', { widgetId });
  const found = await read((tx) => findAsking(tx, widgetId));
  if (found === null) throw new RefusedError({ code: 'not_found' });
  return { preChat: preChatOf(found.preChat), asksRating: found.asksRating };
}

/** Says what a widget asks from now on. A form that is open somewhere is checked by the new one when it is sent. */
export async function savePreChat(actor: AgentActor, input: SavePreChatInput): Promise<Done<null>> {
  const { widgetId, preChat, asksRating } = input;
  return transact(async (tx) => {
    authorize(actor, 'widget.manage', { widgetId });
    const before = await lockAsking(tx, widgetId);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const now = { preChat: preChatOf(before.preChat), asksRating: before.asksRating };
    if (JSON.stringify(now) === JSON.stringify({ preChat, asksRating })) return { value: null, events: [] };
    await updateAsking(tx, widgetId, { preChat, asksRating });
    const event = await insertChange(tx, {
      type: 'widget.changed',
      actor: { kind: 'agent', id: actor.id },
      subjectId: widgetId,
      before: now,
      after: { preChat, asksRating },
    });
    return { value: null, events: [event] };
  });
}

/** What somebody on a page with this widget is asked, with the words of what it offers. */
export async function getPreChatForm(
  actor: Actor,
  widgetId: string,
): Promise<{ form: PreChatForm; asksRating: boolean }> {
  authorize(actor, 'widget.read', { widgetId });
  return read((tx) => readForm(tx, widgetId));
}

/** The same as a part of the caller's transaction, which has the workspace's fields already. */
export async function readForm(
  tx: Tx,
  widgetId: string,
  fields?: readonly CustomField[],
): Promise<{ form: PreChatForm; asksRating: boolean }> {
  const asking = await findAsking(tx, widgetId);
  const preChat = preChatOf(asking?.preChat ?? {});
  const asksRating = asking?.asksRating ?? false;
  if (preChat.fields.length === 0) return { form: { askedOf: preChat.askedOf, fields: [] }, asksRating };
  const [custom, departments] = await Promise.all([
    fields ?? listFields(tx),
    preChat.fields.some(({ kind }) => kind === 'department') ? listDepartments(tx) : [],
  ]);
  return { form: formOf(preChat, custom, departments), asksRating };
}

/** An address to be reached at, when nobody is there now. It is a label: it opens nothing and identifies nobody. */
export async function leaveAddress(
  actor: CustomerActor,
  input: { email: string },
): Promise<Done<{ email: string }>> {
  const email = cleanName(input.email);
  if (!isEmail(email) || email.length > 254) {
    throw new RefusedError({ code: 'invalid', field: 'email', reason: 'email_not_valid' });
  }
  return asCustomer(actor.id, async (tx) => {
    authorize(actor, 'customer.change', { customerId: actor.id });
    const before = await findCustomer(tx, actor.id);
    if (before === null) throw new RefusedError({ code: 'unauthenticated' });
    if (before.email === email) return { value: { email }, events: [] };
    await updateOwnDetails(tx, actor.id, { email, attributes: {} });
    const event = await insertChange(tx, {
      type: 'customer.changed',
      actor: { kind: 'customer', id: actor.id },
      subjectId: actor.id,
      before: { email: before.email },
      after: { email },
    });
    return { value: { email }, events: [event] };
  });
}
