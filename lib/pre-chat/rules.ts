import type { CustomField, FieldValue } from '#/lib/custom-fields/schema.ts';
import { RefusedError } from '#/lib/errors.ts';
import { isAskedOf } from '#/lib/pre-chat/asked.ts';
import { type AskedField, type PreChatForm, phoneOf, problemsOf, storedValue } from '#/lib/pre-chat/form.ts';
import {
  type Answers,
  fieldIdOf,
  type PreChat,
  type PreChatField,
  preChatFieldSchema,
  preChatSchema,
} from '#/lib/pre-chat/schema.ts';
import { cleanName } from '#/lib/text.ts';

/** What `widgets.pre_chat` says, without what it says nothing valid about. Unless it says otherwise nobody is asked. */
export function preChatOf(stored: Record<string, unknown>): PreChat {
  const askedOf = preChatSchema.shape.askedOf.safeParse(stored.askedOf);
  const fields = Array.isArray(stored.fields) ? stored.fields : [];
  return {
    askedOf: askedOf.success ? askedOf.data : 'nobody',
    fields: fields.flatMap((field: unknown) => {
      const read = preChatFieldSchema.safeParse(field);
      return read.success ? [read.data] : [];
    }),
  };
}

/** The form with the words of what it offers; a field that is not there any more, or offers nothing, is not asked. */
export function formOf(
  { askedOf, fields }: PreChat,
  custom: readonly CustomField[],
  departments: readonly { id: string; name: string }[],
): PreChatForm {
  return { askedOf, fields: fields.flatMap((field) => askedFieldOf(field, custom, departments) ?? []) };
}

function askedFieldOf(
  field: PreChatField,
  custom: readonly CustomField[],
  departments: readonly { id: string; name: string }[],
): AskedField | null {
  const { isRequired } = field;
  const id = fieldIdOf(field);
  switch (field.kind) {
    case 'department': {
      const offered = new Set(field.departmentIds);
      const choices = departments
        .filter((each) => offered.has(each.id))
        .map(({ id, name }) => ({ id, name }));
      return choices.length === 0 ? null : { id, kind: 'department', isRequired, choices };
    }
    case 'custom': {
      const known = custom.find(({ subject, key }) => subject === field.subject && key === field.key);
      if (known === undefined || known.isArchived) return null;
      const { type, label, options } = known;
      return type === 'choice'
        ? { id, kind: 'choice', isRequired, label, choices: options }
        : { id, kind: type, isRequired, label };
    }
    case 'consent':
      return { id, kind: 'consent', isRequired, text: field.text, link: field.link };
    default:
      return { id, kind: field.kind, isRequired };
  }
}

/** Answers where they belong. What was not answered is absent, so that nothing is emptied by it. */
export type TakenAnswers = {
  customer: { name?: string; email?: string; phone?: string; attributes: Record<string, FieldValue> };
  ticket: { subject?: string; departmentId?: string; fields: Record<string, FieldValue> };
  /** What was agreed to, in the words that were shown. */
  consent: { text: string; url: string | null } | null;
};

/**
 * Reads a beginning's answers by the widget's own form. One that does not fit is `invalid` and names its field; what is
 * not asked (any more) is left aside and holds nothing up. Of whom nothing is asked, nothing is taken.
 */
export function takeAnswers(form: PreChatForm, answers: Answers | undefined, isKnown: boolean): TakenAnswers {
  const taken: TakenAnswers = {
    customer: { attributes: {} },
    ticket: { fields: {} },
    consent: null,
  };
  if (!isAskedOf(form, isKnown)) return taken;
  const given = answers ?? {};
  const [problem] = problemsOf(form, given);
  if (problem !== undefined) {
    throw new RefusedError({ code: 'invalid', field: `answers.${problem[0]}`, reason: problem[1] });
  }
  for (const field of form.fields) {
    const value = storedValue(field, Object.hasOwn(given, field.id) ? given[field.id] : undefined);
    if (value !== null) place(taken, field, value);
  }
  return taken;
}

function place(taken: TakenAnswers, field: AskedField, value: FieldValue): void {
  const text = cleanName(String(value));
  switch (field.kind) {
    case 'name':
      taken.customer.name = text;
      return;
    case 'email':
      taken.customer.email = text;
      return;
    case 'phone':
      taken.customer.phone = phoneOf(text) ?? text;
      return;
    case 'subject':
      taken.ticket.subject = text;
      return;
    case 'department':
      taken.ticket.departmentId = text;
      return;
    case 'consent':
      if (value === true) taken.consent = { text: field.text, url: field.link?.url ?? null };
      return;
    default: {
      const [subject, key = ''] = field.id.split('.');
      const values = subject === 'customer' ? taken.customer.attributes : taken.ticket.fields;
      values[key] = typeof value === 'string' ? text : value;
    }
  }
}
