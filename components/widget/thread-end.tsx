'use client';

import type { Messenger } from '#/components/widget/messenger.ts';
import { useOpening } from '#/components/widget/presence.tsx';
import { useLoaded } from '#/components/widget/use-loaded.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import { openStore } from '#/lib/sync/store.ts';
import type { CustomerListStore } from '#/lib/sync/widget.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

const loadEnding = () => import('#/components/widget/ending-card.tsx');
const loadAddress = () => import('#/components/widget/address-card.tsx');
const emptyList = openStore(() => null);

/**
 * What stands below the last message of a conversation: how it went and how it goes on when it is over, and, while nobody
 * is there, where an answer may go. Its parts come when there is something to show.
 */
export function ThreadEnd({
  config,
  messenger,
  list,
  conversation,
}: {
  config: FrameConfig;
  messenger: Messenger;
  list: CustomerListStore | null;
  conversation: CustomerConversation | null;
}) {
  const opening = useOpening(config.availability);
  const snapshot = useStore<ReturnType<CustomerListStore['getSnapshot']> | null>(list ?? emptyList);
  const isOver = conversation !== null && conversation.status !== 'open';
  const customer = snapshot?.customer ?? null;
  const wantsAddress = !opening.isOpen && !isOver && customer !== null;
  const ending = useLoaded(isOver, loadEnding);
  const address = useLoaded(wantsAddress && customer.email === null, loadAddress);
  if (isOver && ending !== null) {
    return (
      <ending.EndingCard
        key={conversation.id}
        conversation={conversation}
        asksRating={config.asksRating}
        messenger={messenger}
      />
    );
  }
  if (!wantsAddress || address === null) return null;
  return (
    <address.AddressCard opening={opening} config={config} messenger={messenger} known={customer.email} />
  );
}
