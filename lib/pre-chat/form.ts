import type { FieldValue } from '#/lib/custom-fields/schema.ts';
import type { Answers, AskedOf } from '#/lib/pre-chat/schema.ts';

/** The form as a visitor sees it, and what of it is right: one reading for both sides, without the schema library. */

type Asked = { id: string; isRequired: boolean };
export type AskedField =
  | (Asked & { kind: 'name' | 'email' | 'phone' | 'subject' })
  | (Asked & { kind: 'department'; choices: readonly { id: string; name: string }[] })
  | (Asked & { kind: 'text' | 'number' | 'date' | 'boolean'; label: string })
  | (Asked & { kind: 'choice'; label: string; choices: readonly string[] })
  | (Asked & { kind: 'consent'; text: string; link: { label: string; url: string } | null });

export type PreChatForm = { askedOf: AskedOf; fields: readonly AskedField[] };

export const answerProblems = [
  'answer_missing',
  'consent_missing',
  'answer_too_long',
  'answer_not_text',
  'email_not_valid',
  'phone_not_valid',
  'value_not_number',
  'value_not_date',
  'value_not_offered',
  'value_not_boolean',
] as const;
export type AnswerProblem = (typeof answerProblems)[number];

const charsMax: Partial<Record<AskedField['kind'], number>> = {
  name: 100,
  email: 254,
  phone: 40,
  subject: 200,
  text: 500,
};

/** What is wrong with each answer, by the field's id; empty when the form is right. */
export function problemsOf(form: PreChatForm, answers: Answers): Map<string, AnswerProblem> {
  const problems = new Map<string, AnswerProblem>();
  for (const field of form.fields) {
    const problem = problemOf(field, valueIn(answers, field.id));
    if (problem !== null) problems.set(field.id, problem);
  }
  return problems;
}

export function problemOf(field: AskedField, value: unknown): AnswerProblem | null {
  if (isNothing(value)) return field.isRequired ? missing(field) : null;
  switch (field.kind) {
    case 'consent':
      if (typeof value !== 'boolean') return 'value_not_boolean';
      return field.isRequired && !value ? 'consent_missing' : null;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'value_not_boolean';
    case 'number':
      return numberOf(value) === null ? 'value_not_number' : null;
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : 'value_not_date';
    case 'choice':
      return field.choices.some((choice) => choice === value) ? null : 'value_not_offered';
    case 'department':
      return field.choices.some(({ id }) => id === value) ? null : 'value_not_offered';
    default:
      return textProblem(field, value);
  }
}

function missing(field: AskedField): AnswerProblem {
  return field.kind === 'consent' ? 'consent_missing' : 'answer_missing';
}

function textProblem(field: AskedField, value: unknown): AnswerProblem | null {
  if (typeof value !== 'string' || value.includes('\0')) return 'answer_not_text';
  if (value.trim().length > (charsMax[field.kind] ?? 500)) return 'answer_too_long';
  if (field.kind === 'email' && !isEmail(value)) return 'email_not_valid';
  if (field.kind === 'phone' && phoneOf(value) === null) return 'phone_not_valid';
  return null;
}

function valueIn(answers: Answers, id: string): unknown {
  return Object.hasOwn(answers, id) ? answers[id] : undefined;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

export function isEmail(text: string): boolean {
  return text.length <= 254 + 20 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

/** A number as people write it, as E.164; null when it is none. */
export function phoneOf(text: string): string | null {
  const bare = text.replace(/[\s().\-/\u2010-\u2015]/g, '').replace(/^00/, '+');
  return /^\+[1-9][0-9]{6,14}$/.test(bare) ? bare : null;
}

/** `12,5` is one for half of the world. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^[+-]?\d{1,15}([.,]\d{1,10})?$/.test(value.trim())) return null;
  return Number(value.trim().replace(',', '.'));
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // The thirtieth of February is read as the second of March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** What a right answer to one of the workspace's own fields is stored as. */
export function storedValue(field: AskedField, value: unknown): FieldValue | null {
  if (isNothing(value)) return null;
  if (field.kind === 'number') return numberOf(value);
  if (typeof value === 'string') return value.trim();
  return typeof value === 'boolean' || typeof value === 'number' ? value : null;
}
