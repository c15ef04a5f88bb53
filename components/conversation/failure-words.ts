import type { Failure } from '#/lib/errors.ts';
import { textCharsMax } from '#/lib/messages/limits.ts';
import type { Say } from '#/lib/texts/words.ts';

/** What went wrong with a message and what to do about it, in one short sentence for the person who wrote it. */
export function failureWords(failure: Failure, say: Say): string {
  if (failure.field?.split('.')[0] === 'answers') return say('form.notSent');
  switch (failure.reason) {
    case 'text_too_long':
      return say('failure.tooLong', { count: textCharsMax });
    case 'text_empty':
      return say('failure.empty');
    case 'text_has_nul':
      return say('failure.nul');
    case 'origin_not_allowed':
      return say('failure.origin');
    case 'restored':
      return say('failure.restored');
    case 'file_not_found':
      return say('failure.fileGone');
    case 'followup_needed':
      return say('failure.over');
  }
  switch (failure.code) {
    case 'invalid':
      return say('failure.invalid');
    case 'too_large':
      return say('failure.tooLarge');
    case 'unauthenticated':
      return say('failure.unauthenticated');
    case 'forbidden':
      return say('failure.forbidden');
    case 'not_found':
      return say('failure.notFound');
    case 'conflict':
      return say('failure.conflict');
    case 'rate_limited':
      return say('failure.rateLimited');
    case 'unavailable':
      return say('failure.unavailable');
  }
}
