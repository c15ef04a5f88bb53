import type { CustomField, FieldValue } from '#/lib/custom-fields/schema.ts';

/** Why this value is none of the field's, as a machine word; null when it is one. */
export function valueProblem(field: Pick<CustomField, 'type' | 'options'>, value: FieldValue): string | null {
  switch (field.type) {
    case 'text':
      return typeof value === 'string' && value.trim() !== '' ? null : 'value_not_text';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'value_not_number';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'value_not_boolean';
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : 'value_not_date';
    case 'choice':
      return typeof value === 'string' && field.options.includes(value) ? null : 'value_not_offered';
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // The thirtieth of February is read as the second of March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** What new records of the subject begin with. A default that no longer fits its field is left out. */
export function defaultsOf(
  fields: readonly CustomField[],
  subject: CustomField['subject'],
): Record<string, FieldValue> {
  const values = fields.flatMap((field): [string, FieldValue][] => {
    const { key, defaultValue } = field;
    if (field.subject !== subject || field.isArchived || defaultValue === null) return [];
    return valueProblem(field, defaultValue) === null ? [[key, defaultValue]] : [];
  });
  return Object.fromEntries(values);
}
