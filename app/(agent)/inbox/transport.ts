import {
  blockCustomer,
  cancelBulk,
  changeCustomer,
  changeTicket,
  changeView,
  createTag,
  createTicketLink,
  deleteView,
  mergeTickets,
  orderViews,
  revokeTicketLinks,
  savePreferences,
  saveView,
  sendReply,
  setAvailability,
  startBulk,
  undoBulk,
  undoMerge,
  writeNote,
} from '#/app/(agent)/inbox/actions.ts';
import { signOut } from '#/app/(public)/sign-in/actions.ts';
import type { InboxPorts } from '#/components/inbox/ports.ts';
import type { Result } from '#/lib/errors.ts';
import { resultOf } from '#/lib/sync/answers.ts';
import { answered } from '#/lib/sync/outdated.ts';

/** The inbox's way to the server: actions for writes, GET for reads, small POSTs for signals. */
export const inboxPorts: InboxPorts = {
  conversation: {
    send: ({ conversationId, id, kind, text, expected, mentions, files = [] }) =>
      answered(() =>
        (kind === 'note' ? writeNote : sendReply)({
          conversationId,
          id,
          text,
          ...(expected === undefined ? {} : { expected }),
          ...(mentions === undefined ? {} : { mentions: [...mentions] }),
          ...(files.length === 0 ? {} : { fileIds: files.map((file) => file.id) }),
        }),
      ),
    fetchEntries: ({ conversationId, after, before, limit }) =>
      getJson(`/api/inbox/conversations/${conversationId}/messages`, { after, before, limit }),
    markRead: (input) => postJson('/api/inbox/read', input),
    setTyping: (input) => postJson('/api/inbox/typing', input),
  },
  inbox: {
    listTickets: ({ view, filter, sort, cursor, limit, savedCounts }) =>
      getJson('/api/inbox/tickets', {
        view,
        filter: Object.keys(filter).length === 0 ? undefined : JSON.stringify(filter),
        sort,
        cursor,
        limit,
        savedCounts,
      }),
  },
  drafts: {
    saveDraft: (input) => postJson('/api/inbox/drafts', input),
    listDrafts: (ticketId) => getJson('/api/inbox/drafts', { ticketId }),
  },
  notifications: {
    listNotifications: ({ cursor }) => getJson('/api/inbox/notifications', { cursor }),
    readNotifications: (input) => postJson('/api/inbox/notifications/read', input),
  },
  fetchTicket: (ticketId) => getJson(`/api/inbox/tickets/${encodeURIComponent(ticketId)}`, {}),
  fetchTimeline: (ticketId) => getJson(`/api/inbox/tickets/${encodeURIComponent(ticketId)}/events`, {}),
  fetchSavedReplies: () => getJson('/api/inbox/saved-replies', {}),
  changeTicket: (input) => answered(() => changeTicket(input)),
  fetchViews: () => getJson('/api/inbox/views', {}),
  saveView: (input) => answered(() => saveView(input)),
  changeView: (input) => answered(() => changeView(input)),
  orderViews: (input) => answered(() => orderViews(input)),
  deleteView: (input) => answered(() => deleteView(input)),
  setViewing: (input) => postJson('/api/inbox/viewing', input),
  fetchCatalogue: () => getJson('/api/inbox/catalogue', {}),
  mergeTickets: (input) => answered(() => mergeTickets(input)),
  undoMerge: (input) => answered(() => undoMerge(input)),
  fetchMergePreview: ({ ticketId, with: other }) =>
    getJson(`/api/inbox/tickets/${encodeURIComponent(ticketId)}/merge-preview`, { with: other }),
  startBulk: (input) => answered(() => startBulk(input)),
  undoBulk: (input) => answered(() => undoBulk(input)),
  cancelBulk: (input) => answered(() => cancelBulk(input)),
  fetchBulk: () => getJson('/api/inbox/bulk', {}),
  changeCustomer: (input) => answered(() => changeCustomer(input)),
  blockCustomer: (input) => answered(() => blockCustomer(input)),
  createTag: (input) => answered(() => createTag(input)),
  setUnread: (input) => postJson('/api/inbox/unread', input),
  search: ({ q, cursor, zone }) => getJson('/api/inbox/search', { q, cursor, zone }),
  createTicketLink: (input) => answered(() => createTicketLink(input)),
  revokeTicketLinks: (input) => answered(() => revokeTicketLinks(input)),
  setAvailability: (availability) => answered(() => setAvailability({ availability })),
  savePreferences: (input) => answered(() => savePreferences(input)),
  authorizeChannels: (socketId, channels, isSignin) =>
    postJson('/api/realtime/auth', isSignin ? { socketId, channels, signin: true } : { socketId, channels }),
  signOut: async () => {
    await answered(() => signOut());
    window.location.assign('/sign-in');
  },
  onSignedOut() {
    const { pathname, search } = window.location;
    window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  },
};

function getJson<Value>(
  path: string,
  query: Record<string, string | number | undefined>,
): Promise<Result<Value>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return ask(search.size === 0 ? path : `${path}?${search}`, { method: 'GET' });
}

function postJson<Value>(path: string, input: unknown): Promise<Result<Value>> {
  return ask(path, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/json' },
  });
}

function ask<Value>(path: string, init: RequestInit): Promise<Result<Value>> {
  return resultOf(() => fetch(path, { ...init, cache: 'no-store', credentials: 'same-origin' }));
}
