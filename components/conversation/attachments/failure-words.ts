import { sizeText } from '#/components/conversation/attachments/size-text.ts';
import type { Failure } from '#/lib/errors.ts';
import type { Say } from '#/lib/texts/words.ts';

/** Why a file does not go, in one short sentence for who chose it. */
export function fileFailureWords(
  failure: Failure | null,
  { bytesMax, bytesLeft }: { bytesMax: number; bytesLeft: number },
  say: Say,
  language: string,
): string {
  switch (failure?.reason) {
    case 'file_empty':
      return say('files.empty');
    case 'file_too_large':
      return say('files.tooLarge', { size: sizeText(bytesMax, language) });
    case 'files_full':
      return say('files.full', { size: sizeText(bytesLeft, language) });
    case 'file_type':
      return say('files.type');
  }
  switch (failure?.code) {
    case 'too_large':
      return say('files.tooLargeAnyway');
    case 'unauthenticated':
      return say('failure.unauthenticated');
    case 'forbidden':
      return say('failure.forbidden');
    case 'rate_limited':
      return say('failure.rateLimited');
    default:
      return say('files.failed');
  }
}
