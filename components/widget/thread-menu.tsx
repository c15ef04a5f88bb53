'use client';

import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { Glyph } from '#/components/conversation/glyph.tsx';
import { useWords } from '#/components/conversation/words.tsx';
import { HeaderButton } from '#/components/widget/header-button.tsx';
import type { Result } from '#/lib/errors.ts';

type LinkState =
  | { kind: 'idle' }
  | { kind: 'asking' }
  | { kind: 'copied' }
  | { kind: 'shown'; url: string }
  | { kind: 'failed' };

/** What else can be done with a conversation: a link to its status page, to keep or to pass on. */
export function ThreadMenu({
  number,
  onAskForLink,
}: {
  number: number;
  onAskForLink(): Promise<Result<{ url: string }>>;
}) {
  const { say } = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const [link, setLink] = useState<LinkState>({ kind: 'idle' });
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const menuId = useId();
  const close = useCallback(() => {
    setIsOpen(false);
    setLink({ kind: 'idle' });
    opener.current?.focus();
  }, []);

  useEffect(() => {
    if (!isOpen) return;
    first.current?.focus();
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
  }, [isOpen, close]);

  async function copy() {
    setLink({ kind: 'asking' });
    const result = await onAskForLink();
    if (!result.ok) return setLink({ kind: 'failed' });
    const isCopied = await navigator.clipboard.writeText(result.value.url).then(
      () => true,
      () => false,
    );
    setLink(isCopied ? { kind: 'copied' } : { kind: 'shown', url: result.value.url });
  }

  return (
    <div ref={box} className="relative">
      <HeaderButton
        ref={opener}
        shape="more"
        label={say('menu.more')}
        aria-haspopup="true"
        aria-expanded={isOpen}
        aria-controls={menuId}
        onClick={() => (isOpen ? close() : setIsOpen(true))}
      />
      {isOpen ? (
        <div
          id={menuId}
          className="absolute end-0 top-12 z-20 w-64 animate-fade rounded-card border border-line bg-bg-raised p-1 shadow-float"
        >
          <button
            ref={first}
            type="button"
            onClick={copy}
            disabled={link.kind === 'asking'}
            className="flex min-h-11 w-full items-center gap-3 rounded-control px-3 text-start text-14 hover:bg-bg-hover focus-visible:-outline-offset-2"
          >
            <span className={link.kind === 'copied' ? 'text-good' : 'text-text-muted'}>
              <Glyph shape={link.kind === 'copied' ? 'check' : 'link'} size={16} />
            </span>
            <span aria-live="polite">
              {say(link.kind === 'copied' ? 'menu.linkCopied' : 'menu.copyLink')}
            </span>
          </button>
          {link.kind === 'shown' ? (
            <input
              readOnly
              aria-label={say('menu.link')}
              value={link.url}
              onFocus={(event) => event.target.select()}
              className="mx-1 mb-1 h-9 w-[calc(100%-8px)] rounded-control border border-line bg-bg-sunken px-2 text-13 pointer-coarse:text-16"
            />
          ) : null}
          {link.kind === 'failed' ? (
            <p role="alert" className="px-3 pb-2 text-12 text-bad">
              {say('menu.linkFailed')}
            </p>
          ) : (
            <p className="px-3 pb-2 text-12 text-text-muted">
              {say('menu.linkShows', { number: `#${number}` })}
            </p>
          )}
        </div>
      ) : null}
    </div>
  );
}
