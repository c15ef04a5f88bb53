import { nameIn } from '#/bench/api-fuzz/values.ts';
import type { JsonSchema } from '#/lib/api/schema.ts';

/**
 * Where a value is not as a schema of our document has it: the path and what is wrong there; null where all is well. With
 * `isPartial`, fields may be missing.
 */
export function mismatchOf(
  value: unknown,
  schema: JsonSchema,
  named: Readonly<Record<string, JsonSchema>>,
  isPartial = false,
): string | null {
  return check(value, schema, '');

  function check(each: unknown, against: JsonSchema, path: string): string | null {
    if (against.$ref !== undefined) {
      const target = named[nameIn(against.$ref)];
      return target === undefined ? `${path}: nothing is called ${against.$ref}` : check(each, target, path);
    }
    const options = against.oneOf ?? against.anyOf;
    if (options !== undefined) {
      const misses = options.map((option) => check(each, option, path));
      return misses.includes(null) ? null : (misses[0] ?? `${path}: nothing fits`);
    }
    if ('const' in against && against.const !== each)
      return `${path}: is not ${JSON.stringify(against.const)}`;
    if (against.enum !== undefined && !against.enum.includes(each))
      return `${path}: is ${JSON.stringify(each)}`;
    const types = against.type === undefined ? [] : [against.type].flat();
    const type = typeOf(each);
    const isOfType =
      types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));
    if (!isOfType) return `${path}: is ${type} instead of ${types.join(' or ')}`;
    if (typeof each === 'string') return checkText(each, against, path);
    if (Array.isArray(each)) return checkItems(each, against, path);
    return typeof each === 'object' && each !== null ? checkFields(each, against, path) : null;
  }

  function checkItems(items: readonly unknown[], { items: item }: JsonSchema, path: string): string | null {
    if (typeof item !== 'object') return null;
    return firstOf(items.map((each, index) => check(each, item, `${path}[${index}]`)));
  }

  function checkFields(value: object, against: JsonSchema, path: string): string | null {
    const { properties = {}, required = [], additionalProperties } = against;
    const missing = isPartial ? undefined : required.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) return `${path}.${missing}: is missing`;
    return firstOf(
      Object.entries(value).map(([name, each]) => {
        const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
        if (known !== undefined) return check(each, known, `${path}.${name}`);
        if (typeof additionalProperties === 'object')
          return check(each, additionalProperties, `${path}.${name}`);
        // An answer may have more fields one day; today each has to be in the document.
        return Object.keys(properties).length > 0 ? `${path}.${name}: is not in the document` : null;
      }),
    );
  }
}

function checkText(text: string, { format, minLength, maxLength }: JsonSchema, path: string): string | null {
  if (format === 'uuid' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))
    return `${path}: is no UUID`;
  if (format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
    return `${path}: is no time`;
  const length = [...text].length;
  if (minLength !== undefined && length < minLength) return `${path}: is too short`;
  return maxLength !== undefined && text.length > maxLength ? `${path}: is too long` : null;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function firstOf(misses: readonly (string | null)[]): string | null {
  return misses.find((miss) => miss !== null) ?? null;
}
