import type { PreChatForm } from '#/lib/pre-chat/form.ts';

/** Whether this form stands before the conversation that somebody is about to begin. */
export function isAskedOf(form: PreChatForm | null, isKnown: boolean): boolean {
  if (form === null || form.fields.length === 0) return false;
  return form.askedOf === 'everybody' || (form.askedOf === 'newcomers' && !isKnown);
}
