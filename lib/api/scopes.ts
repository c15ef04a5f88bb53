import * as z from 'zod/mini';

/** What a key may be given. Participants, typing and read marks belong to conversations. */
export const scopeNouns = [
  'customers',
  'agents',
  'departments',
  'tickets',
  'conversations',
  'messages',
  'events',
  'webhooks',
  'realtime',
] as const;
export type ScopeNoun = (typeof scopeNouns)[number];
export const scopeVerbs = ['read', 'write'] as const;
export type ScopeVerb = (typeof scopeVerbs)[number];
export type Scope = `${ScopeNoun}:${ScopeVerb}`;

export const scopes: readonly Scope[] = scopeNouns.flatMap((noun) =>
  scopeVerbs.map((verb): Scope => `${noun}:${verb}`),
);
export const scopeSchema = z.templateLiteral([z.enum(scopeNouns), ':', z.enum(scopeVerbs)]);

/** Whether what a key was given lets it do this: writing includes reading. */
export function hasScope(given: readonly Scope[], needed: Scope): boolean {
  return given.some((scope) => scope === needed || scope.replace(/:write$/, ':read') === needed);
}
