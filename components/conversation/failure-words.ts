import type { Failure } from '#/lib/errors.ts';
import { textCharsMax } from '#/lib/messages/limits.ts';

/** What went wrong with a message and what to do about it, in one short sentence for the person who wrote it. */
export function failureWords(failure: Failure): string {
  switch (failure.reason) {
    case 'text_too_long':
      return `Longer than ${textCharsMax.toLocaleString()} characters. Shorten it or split it in two.`;
    case 'text_empty':
      return 'There is nothing to read in it.';
    case 'text_has_nul':
      return 'It holds a character that cannot be stored. Edit it and send it again.';
    case 'origin_not_allowed':
      return 'This address may not be used for writing. Tell whoever runs this site.';
    case 'restored':
      return 'It was lost when our side was set back to an earlier backup.';
    case 'followup_needed':
      return 'This conversation is closed.';
  }
  switch (failure.code) {
    case 'invalid':
      return 'It could not be read. Edit it and send it again.';
    case 'too_large':
      return 'It is too large. Shorten it or split it in two.';
    case 'unauthenticated':
      return 'This session has ended. Reload the page and send it again.';
    case 'forbidden':
      return 'You can no longer write here.';
    case 'not_found':
      return 'This conversation is no longer there.';
    case 'conflict':
      return 'This message was already sent elsewhere. Edit it to send it as a new one.';
    case 'rate_limited':
      return 'That was a lot at once. Wait a moment, then retry.';
    case 'unavailable':
      return 'Our side had a problem. Your text is kept.';
  }
}
