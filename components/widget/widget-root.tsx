'use client';

import { type CSSProperties, useEffect, useState } from 'react';
import { FacesContext } from '#/components/conversation/faces.ts';
import { useWords } from '#/components/conversation/words.tsx';
import { HomeView } from '#/components/widget/home-view.tsx';
import type { Messenger } from '#/components/widget/messenger.ts';
import { ThreadView } from '#/components/widget/thread-view.tsx';
import { useList } from '#/components/widget/use-list.ts';
import { useLoaded } from '#/components/widget/use-loaded.ts';
import { accentRoles } from '#/lib/embed/contrast.ts';
import { useStore } from '#/lib/sync/hooks.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';

const nobody = {};
const loadPreChat = () => import('#/components/widget/pre-chat-view.tsx');

/** The widget's inside: home, or one conversation. The messenger holds everything that outlives a view. */
export function WidgetRoot({
  config,
  messenger,
  onShown,
}: {
  config: FrameConfig;
  messenger: Messenger;
  /** The first screen stands. */
  onShown: () => void;
}) {
  const { isReady, isOpen, focusTurn, draftTurn, look, form, list, thread } = useStore(messenger);
  const { accent, theme } = { ...config, ...look };
  const preChat = useLoaded(form !== null, loadPreChat);
  const faces = useList(list)?.state?.pictures ?? nobody;
  const { language, direction } = useWords();
  const isWatched = usePageVisible() && isOpen;
  const [cameFromHome, setCameFromHome] = useState(false);
  // The page around all pages cannot know which language a frame's address asks for.
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = direction;
  }, [language, direction]);
  useEffect(() => {
    if (isReady) onShown();
  }, [isReady, onShown]);

  return (
    <main
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented && !event.nativeEvent.isComposing) {
          messenger.closePanel();
        }
      }}
      data-theme={theme === 'auto' ? undefined : theme}
      style={rolesOf(accent)}
      className="relative flex h-dvh flex-col overflow-hidden bg-bg text-15 text-text"
      aria-label={config.name}
    >
      <FacesContext value={faces}>
        {!isReady ? null : form !== null && preChat !== null ? (
          <preChat.PreChatView
            open={form}
            company={config.name}
            known={list?.getSnapshot().customer ?? null}
            onBack={messenger.leaveForm}
            onClose={messenger.closePanel}
            onDone={messenger.answerForm}
          />
        ) : thread === null ? (
          <HomeView
            config={config}
            list={list}
            focusTurn={focusTurn}
            isReturn={cameFromHome}
            onOpen={(id) => {
              setCameFromHome(true);
              messenger.openThread(id);
            }}
            onStart={() => {
              setCameFromHome(true);
              messenger.startThread();
            }}
            onClose={messenger.closePanel}
          />
        ) : (
          <ThreadView
            key={thread.conversationId}
            config={config}
            messenger={messenger}
            thread={thread}
            list={list}
            isWatched={isWatched}
            focusTurn={focusTurn}
            draftTurn={draftTurn}
            takesFocus={cameFromHome}
          />
        )}
      </FacesContext>
    </main>
  );
}

// React's style type knows no custom properties; the annotation names those that are set.
function rolesOf(accent: string): CSSProperties & ReturnType<typeof accentRoles> {
  return accentRoles(accent);
}

function usePageVisible(): boolean {
  const [isVisible, setIsVisible] = useState(true);
  useEffect(() => {
    const read = () => setIsVisible(document.visibilityState === 'visible');
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, []);
  return isVisible;
}
