import { startHandOverSweep } from '#/lib/agents/hand-over.ts';
import { startBulkWork } from '#/lib/bulk/work.ts';
import { startFileCollection } from '#/lib/files/collect.ts';
import { startThumbnails } from '#/lib/files/thumbnails.ts';
import { startKeyExpiry } from '#/lib/realtime/key-expiry.ts';
import { startRelay } from '#/lib/realtime/relay.ts';
import { startVocabulary } from '#/lib/search/vocabulary.ts';
import { startWaking } from '#/lib/tickets/wake.ts';
import { startTypingExpiry } from '#/lib/typing/expiry.ts';
import { startViewingExpiry } from '#/lib/viewing/expiry.ts';
import { startWebhooks } from '#/lib/webhooks/deliver.ts';

/**
 * Everything that nobody's request does: publishing what was left, ending typing signals, waking what was snoozed, working
 * on many tickets, reading words for search, sending webhooks, taking up what a crash interrupted. Any number of
 * processes may run them side by side; without any, nothing is lost and some of it late.
 */
export function startWorkers(): { stop(): Promise<void> } {
  const timers = [
    startRelay(),
    startKeyExpiry(),
    startTypingExpiry(),
    startViewingExpiry(),
    startHandOverSweep(),
    startWaking(),
    startVocabulary(),
    startBulkWork(),
    startThumbnails(),
    startFileCollection(),
    startWebhooks(),
  ];
  return {
    stop: async () => void (await Promise.all(timers.map((timer) => timer.stop()))),
  };
}
