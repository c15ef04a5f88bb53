'use client';

import { useEffect, useState } from 'react';
import { type FileAccess, FilesContext } from '#/components/conversation/attachments/files-context.ts';
import {
  type LiveSettings,
  type Messenger,
  type MessengerPorts,
  openMessenger,
} from '#/components/widget/messenger.ts';
import { WidgetRoot } from '#/components/widget/widget-root.tsx';
import { openBridge, openStandalone } from '#/lib/embed/bridge.ts';
import { answered } from '#/lib/sync/outdated.ts';
import type { FrameConfig } from '#/lib/widgets/frame-config.ts';
import {
  identify,
  requestTicketLink,
  sendMessage,
  setAttributes,
  startConversation,
  startFollowUp,
  startTicket,
  track,
} from './actions.ts';
import { getJson, postJson } from './http.ts';

type Parts = { messenger: Messenger; files: FileAccess; onShown: () => void };

/** Where the widget's parts meet the server: the only place of the frame that knows actions and addresses. */
export function FrameRoot({ config, live }: { config: FrameConfig; live: LiveSettings | null }) {
  const [parts, setParts] = useState<Parts | null>(null);
  useEffect(() => {
    const bridge = window.parent === window ? openStandalone(ownStorage(), location.href) : openBridge();
    const { key: widgetKey, preChat } = config;
    const messenger = openMessenger({ widgetKey, bridge, ports: portsOf(widgetKey), live, preChat });
    setParts({ messenger, files: filesOf(widgetKey, messenger), onShown: bridge.shown });
  }, [config, live]);
  if (parts === null) return null;
  return (
    <FilesContext value={parts.files}>
      <WidgetRoot config={config} messenger={parts.messenger} onShown={parts.onShown} />
    </FilesContext>
  );
}

/** Loaded with the first file. */
function filesOf(widgetKey: string, messenger: Messenger): FileAccess {
  let files: ReturnType<FileAccess> | null = null;
  return () => {
    files ??= import('./files.ts').then(
      ({ openWidgetFiles }) => openWidgetFiles(widgetKey, messenger.writer),
      (error: unknown) => {
        // Loaded anew the next time.
        files = null;
        throw error;
      },
    );
    return files;
  };
}

/** Null where the browser forbids it: the very mention throws there. */
function ownStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function searchOf(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function portsOf(widgetKey: string): MessengerPorts {
  return {
    fetchState: (token, query) => getJson(`/api/widget/state${searchOf(query)}`, token),
    fetchEntries: (token, { conversationId, ...query }) =>
      getJson(`/api/widget/conversations/${conversationId}/messages${searchOf(query)}`, token),
    markRead: (token, input) => postJson('/api/widget/read', token, input),
    setTyping: (token, input) => postJson('/api/widget/typing', token, input),
    startConversation: (input) =>
      answered(() =>
        startConversation({
          ...input,
          widgetKey,
          locale: navigator.language,
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        }),
      ),
    startTicket: (token, { origin: _, ...input }) => answered(() => startTicket(token, input)),
    startFollowUp: (token, input) => answered(() => startFollowUp(token, input)),
    sendMessage: (token, input) => answered(() => sendMessage(token, input)),
    requestTicketLink: (token, input) => answered(() => requestTicketLink(token, input)),
    authorize: (token, request) => postJson('/api/realtime/auth', token, request),
    identify: (input) =>
      answered(() =>
        identify({
          ...input,
          widgetKey,
          locale: navigator.language,
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        }),
      ),
    shutDown: (token) => postJson('/api/widget/shutdown', token, {}),
    setAttributes: (token, input) => answered(() => setAttributes(token, input)),
    track: (token, input) => answered(() => track(token, input)),
    loadServices: async (ask) => (await import('./service-ports.ts')).openServices(widgetKey, ask),
  };
}
