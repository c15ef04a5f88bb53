/** What the variables of a saved reply may stand for; null or blank is not known. Keys are `customer.first_name` and so on. */
export type VariableValues = Readonly<Record<string, string | null>>;

/** Every variable that exists without custom fields, with what it stands for, for help and pickers. */
export const variableNames = {
  'customer.first_name': 'First name of the customer',
  'customer.name': 'Name of the customer',
  'customer.email': 'E-mail of the customer',
  'customer.phone': 'Phone of the customer',
  'agent.first_name': 'Your first name',
  'agent.name': 'Your name',
  'ticket.number': 'Number of the ticket',
  'ticket.subject': 'Subject of the ticket',
  'workspace.name': 'Name of your company',
} as const;

export type VariablePart =
  | { kind: 'text'; text: string }
  /** `text` is what stands there: the value, the fallback, or the variable itself where neither is known. */
  | { kind: 'variable'; name: string; text: string; source: 'value' | 'fallback' | 'none' };

// Only our own four nouns: a text about somebody's template language is left alone.
const variable = /\{\{\s*((?:customer|agent|ticket|workspace)\.[\p{L}\p{N}_-]+)\s*(?:\|([^{}]*))?\}\}/gu;

/**
 * A saved reply with its variables put in, in parts, so that a preview can mark them. One pass: what a value holds is
 * text. `{{customer.first_name|there}}` says "there" where no name is known.
 */
export function fillVariables(template: string, values: VariableValues): VariablePart[] {
  const parts: VariablePart[] = [];
  let from = 0;
  for (const match of template.matchAll(variable)) {
    const [whole, name = '', fallback] = match;
    if (match.index > from) parts.push({ kind: 'text', text: template.slice(from, match.index) });
    parts.push({ kind: 'variable', name, ...filled(whole, knownValue(values, name), fallback) });
    from = match.index + whole.length;
  }
  if (from < template.length) parts.push({ kind: 'text', text: template.slice(from) });
  return parts;
}

/** The filled text as it goes into the composer. */
export function filledText(parts: readonly VariablePart[]): string {
  return parts.map((part) => part.text).join('');
}

/** Names of the variables that still stand in a text, each once, in their order. */
export function openVariables(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(variable), (match) => match[1] ?? ''))];
}

/** Where the first variable stands that is still open; null where none is. */
export function firstOpenVariable(text: string): { from: number; to: number } | null {
  const [match] = text.matchAll(variable);
  return match === undefined ? null : { from: match.index, to: match.index + match[0].length };
}

/** The first word of a name, which is how people are greeted. */
export function firstNameOf(name: string | null): string | null {
  return name?.trim().split(/\s+/u)[0] || null;
}

function filled(whole: string, value: string | null, fallback: string | undefined) {
  if (value !== null) return { text: value, source: 'value' as const };
  if (fallback !== undefined) return { text: fallback.trim(), source: 'fallback' as const };
  return { text: whole, source: 'none' as const };
}

function knownValue(values: VariableValues, name: string): string | null {
  const value = Object.hasOwn(values, name) ? (values[name] ?? null) : null;
  return value === null || value.trim() === '' ? null : value;
}
