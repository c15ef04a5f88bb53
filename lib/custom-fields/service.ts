import { constraintOf, type Tx, transact } from '#/db/client.ts';
import {
  insertField,
  listFields,
  lockField,
  orderFields as orderRows,
  updateField,
} from '#/db/custom-fields.ts';
import { insertChange } from '#/db/events.ts';
import { valueProblem } from '#/lib/custom-fields/rules.ts';
import {
  type ChangeFieldInput,
  type CreateFieldInput,
  type CustomField,
  fieldsMax,
  type OrderFieldsInput,
} from '#/lib/custom-fields/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import type { AgentActor } from '#/lib/permissions/actor.ts';
import { authorize } from '#/lib/permissions/can.ts';
import type { ChangeEvent, Done } from '#/lib/realtime/changes.ts';

/** Makes a field, at the end of its subject's. The same id again answers the stored one; a taken key is a `conflict`. */
export async function createField(actor: AgentActor, input: CreateFieldInput): Promise<Done<CustomField>> {
  try {
    return await transact(async (tx) => {
      authorize(actor, 'field.manage', {});
      const stored = await lockField(tx, input.id);
      if (stored !== null) return { value: stored, events: [] };
      refuseUnfit(input);
      const fields = await listFields(tx);
      if (
        fields.filter(({ subject, isArchived }) => subject === input.subject && !isArchived).length >=
        fieldsMax
      ) {
        throw new RefusedError({ code: 'conflict', reason: 'fields_full' });
      }
      await insertField(tx, input);
      const value = await getField(tx, input.id);
      return { value, events: [await noteChange(tx, actor, null, value)] };
    });
  } catch (error) {
    if (constraintOf(error) !== 'custom_fields_key_unique') throw error;
    throw new RefusedError({ code: 'conflict', reason: 'key_taken', field: 'key' });
  }
}

/**
 * Changes a field's words, what it offers, its default, or whether it is in use. Values that it no longer offers stay
 * where they are.
 */
export async function changeField(actor: AgentActor, input: ChangeFieldInput): Promise<Done<CustomField>> {
  return transact(async (tx) => {
    authorize(actor, 'field.manage', {});
    const before = await lockField(tx, input.id);
    if (before === null) throw new RefusedError({ code: 'not_found' });
    const wanted = {
      ...before,
      label: input.label ?? before.label,
      options: input.options ?? before.options,
      defaultValue: input.defaultValue === undefined ? before.defaultValue : input.defaultValue,
      isArchived: input.isArchived ?? before.isArchived,
    };
    refuseUnfit(wanted);
    if (JSON.stringify(wanted) === JSON.stringify(before)) return { value: before, events: [] };
    await updateField(tx, wanted);
    const value = await getField(tx, input.id);
    return { value, events: [await noteChange(tx, actor, before, value)] };
  });
}

/** Puts a subject's fields in this order; those that it does not name follow. */
export async function orderFields(actor: AgentActor, input: OrderFieldsInput): Promise<Done<CustomField[]>> {
  return transact(async (tx) => {
    authorize(actor, 'field.manage', {});
    const order = (fields: readonly CustomField[]) =>
      fields.filter(({ subject }) => subject === input.subject).map(({ id }) => id);
    const before = order(await listFields(tx));
    await orderRows(tx, input.subject, input.ids);
    const fields = await listFields(tx);
    const [first] = order(fields);
    if (first === undefined || order(fields).join() === before.join()) return { value: fields, events: [] };
    const event = await insertChange(tx, {
      type: 'field.changed',
      actor: { kind: 'agent', id: actor.id },
      subjectId: first,
      before: { order: before },
      after: { order: order(fields) },
    });
    return { value: fields, events: [event] };
  });
}

function refuseUnfit(field: Pick<CustomField, 'type' | 'options' | 'defaultValue'>): void {
  const { type, options, defaultValue } = field;
  const invalid = (name: string, reason: string) =>
    new RefusedError({ code: 'invalid', field: name, reason });
  if (type === 'choice' && options.length === 0) throw invalid('options', 'options_empty');
  if (type !== 'choice' && options.length > 0) throw invalid('options', 'options_not_offered');
  if (new Set(options).size < options.length) throw invalid('options', 'options_repeat');
  const problem = defaultValue === null ? null : valueProblem(field, defaultValue);
  if (problem !== null) throw invalid('defaultValue', problem);
}

async function getField(tx: Tx, id: string): Promise<CustomField> {
  const field = await lockField(tx, id);
  if (field === null) throw new RefusedError({ code: 'not_found' });
  return field;
}

async function noteChange(
  tx: Tx,
  actor: AgentActor,
  before: CustomField | null,
  after: CustomField,
): Promise<ChangeEvent> {
  return insertChange(tx, {
    type: 'field.changed',
    actor: { kind: 'agent', id: actor.id },
    subjectId: after.id,
    ...(before === null ? {} : { before }),
    after,
  });
}
