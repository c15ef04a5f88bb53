'use client';

import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import { HeaderButton } from '#/components/widget/header-button.tsx';
import type { Messenger } from '#/components/widget/messenger.ts';
import { useLoaded } from '#/components/widget/use-loaded.ts';
import type { CustomerConversation } from '#/lib/conversations/schema.ts';

const loadItems = () => import('#/components/widget/thread-menu-items.tsx');

/** What else can be done with a conversation, behind one button. */
export function ThreadMenu({
  messenger,
  conversation,
}: {
  messenger: Messenger;
  conversation: CustomerConversation | null;
}) {
  const { say } = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const items = useLoaded(isOpen, loadItems);
  const isShown = isOpen && items !== null;
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const menuId = useId();
  const close = useCallback(() => {
    setIsOpen(false);
    opener.current?.focus();
  }, []);

  useEffect(() => {
    if (!isShown) return;
    box.current?.querySelector<HTMLElement>('[data-menu] button')?.focus();
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setIsOpen(false);
    };
    // On the box itself, so that the widget above sees that this Escape is taken.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      close();
    };
    const menu = box.current;
    document.addEventListener('pointerdown', onPress);
    menu?.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      menu?.removeEventListener('keydown', onKey);
    };
  }, [isShown, close]);

  return (
    <div ref={box}>
      <HeaderButton
        ref={opener}
        shape="more"
        label={say('menu.more')}
        aria-expanded={isShown}
        aria-controls={menuId}
        onClick={() => (isOpen ? close() : setIsOpen(true))}
      />
      {isShown ? (
        <div
          id={menuId}
          data-menu=""
          className="absolute end-2 top-15 z-20 w-80 max-w-[calc(100%-16px)] animate-fade rounded-card border border-line bg-bg-raised p-1 shadow-float"
        >
          <items.ThreadMenuItems messenger={messenger} conversation={conversation} />
        </div>
      ) : null}
    </div>
  );
}
