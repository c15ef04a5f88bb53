import { valueProblem } from '#/lib/custom-fields/rules.ts';
import { type CustomField, type FieldValue, fieldKey, fieldValue } from '#/lib/custom-fields/schema.ts';
import { contactSchemas } from '#/lib/customers/schema.ts';
import { attributesBytesMax, attributesMax, type TokenProblem } from '#/lib/identity/schema.ts';

export const contactKeys = ['name', 'email', 'phone'] as const;
export type ContactKey = (typeof contactKeys)[number];
export type Contact = Partial<Record<ContactKey, string | null>>;
export type AttributeChanges = Record<string, FieldValue | null>;

export function isContactKey(key: string): key is ContactKey {
  return contactKeys.some((known) => known === key);
}

/** A name, address or number as it is stored; `null` empties it, `undefined` is one that cannot be. */
export function readContact(key: ContactKey, value: unknown): string | null | undefined {
  if (value === null) return null;
  const read = contactSchemas[key].safeParse(value);
  return read.success ? read.data : undefined;
}

/**
 * What an object says of a customer's attributes, with everything that is wrong about it. A key that a custom field
 * defines takes what fits that field; any other takes a text, a number or a yes and no.
 */
export function readAttributes(
  given: unknown,
  fields: readonly CustomField[],
): { changes: AttributeChanges; problems: TokenProblem[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { changes: {}, problems: [{ reason: 'attributes_not_object', claim: 'attributes' }] };
  }
  const entries = Object.entries(given);
  const problems: TokenProblem[] = [];
  if (entries.length > attributesMax) {
    problems.push({ reason: 'attributes_too_many', claim: 'attributes', found: String(entries.length) });
  }
  const bytes = new TextEncoder().encode(JSON.stringify(given)).length;
  if (bytes > attributesBytesMax) {
    problems.push({ reason: 'attributes_too_large', claim: 'attributes', found: String(bytes) });
  }
  const changes: [string, FieldValue | null][] = [];
  for (const [key, value] of entries.slice(0, attributesMax)) {
    const problem = problemOf(key, value, fields);
    if (problem === null) changes.push([key, keptOf(value)]);
    else problems.push(problem);
  }
  return { changes: Object.fromEntries(changes), problems };
}

function problemOf(key: string, value: unknown, fields: readonly CustomField[]): TokenProblem | null {
  const claim = `attributes.${key.slice(0, 60)}`;
  if (!fieldKey.safeParse(key).success || isContactKey(key)) return { reason: 'attribute_key_wrong', claim };
  if (value === null) return null;
  const read = fieldValue.safeParse(value);
  const found = JSON.stringify(value)?.slice(0, 100) ?? 'undefined';
  if (!read.success) return { reason: 'attribute_wrong', claim, found, expected: 'value' };
  const field = fields.find((each) => each.subject === 'customer' && each.key === key);
  const problem = field === undefined ? null : valueProblem(field, read.data);
  return problem === null ? null : { reason: 'attribute_wrong', claim, found, expected: problem };
}

function keptOf(value: unknown): FieldValue | null {
  const read = fieldValue.safeParse(value);
  return read.success ? read.data : null;
}
