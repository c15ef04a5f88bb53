import { valueProblem } from '#/lib/custom-fields/rules.ts';
import { type CustomField, type FieldValue, fieldTextMax } from '#/lib/custom-fields/schema.ts';

/** What is edited: a custom field, or a value of the same kinds without one. */
export type ValueKind = Pick<CustomField, 'type' | 'options'>;
export type TypedValue = { ok: true; value: FieldValue | null } | { ok: false; problem: string };

const problems: Record<string, string> = {
  value_not_text: 'Write something, or leave it empty.',
  value_not_number: 'Write a number, like 12 or 3.5.',
  value_not_boolean: 'Choose yes or no.',
  value_not_date: 'Choose a date that there is.',
  value_not_offered: 'Choose one of the list.',
};

/** What was typed as a value of its kind; nothing typed empties it. */
export function parseTyped(kind: ValueKind, text: string): TypedValue {
  const typed = text.trim();
  if (typed === '') return { ok: true, value: null };
  if (typed.length > fieldTextMax) return { ok: false, problem: `Use at most ${fieldTextMax} characters.` };
  const value = valueOfText(kind, typed);
  const problem = value === undefined ? 'value_not_boolean' : valueProblem(kind, value);
  if (problem !== null || value === undefined) {
    return { ok: false, problem: problems[problem ?? ''] ?? 'That does not fit here.' };
  }
  return { ok: true, value };
}

/** A value as its editor begins with it. */
export function typedText(value: FieldValue | null): string {
  return value === null ? '' : String(value);
}

/** The kind of a value that no custom field describes; null for what cannot be edited in a line. */
export function kindOfValue(value: unknown): ValueKind | null {
  switch (typeof value) {
    case 'string':
      return { type: 'text', options: [] };
    case 'number':
      return { type: 'number', options: [] };
    case 'boolean':
      return { type: 'boolean', options: [] };
    default:
      return null;
  }
}

/** Narrows a stored value to what a field can hold. */
export function fieldValueOf(value: unknown): FieldValue | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function valueOfText(kind: ValueKind, text: string): FieldValue | undefined {
  if (kind.type === 'number') return Number(text.replace(',', '.').replace(/^\+/, ''));
  if (kind.type !== 'boolean') return text;
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
