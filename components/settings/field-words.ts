import type { FieldType, FieldValue } from '#/lib/custom-fields/schema.ts';

/** A key for a field of this name: `Größe (cm)` is `grosse_cm`. What has no Latin letters needs one by hand. */
export function keyFor(label: string): string {
  return label
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 40);
}

/** The lines that hold something, each trimmed. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What was typed as a value of its type; null for nothing. What is none goes as it is: the server says so. */
export function typedDefault(type: FieldType, text: string): FieldValue | null {
  const typed = text.trim();
  if (typed === '') return null;
  if (type === 'boolean') return typed === 'true';
  if (type !== 'number') return typed;
  const number = Number(typed.replace(',', '.'));
  return Number.isFinite(number) ? number : typed;
}
