import type { OpenForm, Services } from '#/components/widget/services.ts';
import type { Failure } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import type { PreChatForm } from '#/lib/pre-chat/form.ts';
import type { Answers } from '#/lib/pre-chat/schema.ts';
import type { Outbox } from '#/lib/sync/outbox.ts';

/** Whether the server refused a message for what the form before it says. */
export function isForAnswers(failure: Failure | null): boolean {
  return failure?.field?.split('.')[0] === 'answers';
}

/** The form to show again, as it is on the server now: it may have been changed since this page was opened. */
export async function formAgain(
  services: Services,
  known: PreChatForm | null,
  answers: Answers,
  refusal: Failure,
): Promise<OpenForm | null> {
  const asked = await services.fetchForm();
  const form = asked.ok ? asked.value.preChat : known;
  return form === null ? null : { form, answers, refusal };
}

/**
 * Sends first messages that were refused for their answers once more with better ones. Each is in the outbox anew before
 * its former self leaves it: a crash between the two must lose nothing.
 */
export function sendAnew(outbox: Outbox, answers: Answers): void {
  for (const conversationId of outbox.conversationIds()) {
    for (const entry of outbox.list(conversationId)) {
      const { position: _, failure, heldUntil: __, owner: ___, start, id, ...message } = entry;
      if (start === null || !isForAnswers(failure)) continue;
      outbox.add({ ...message, id: newId(), start: { ...start, answers } });
      outbox.takeBack(id);
    }
  }
}
