import { type Draft, type DraftMode, draftCharsMax } from '#/lib/drafts/schema.ts';
import { isPassing } from '#/lib/errors.ts';
import { channels } from '#/lib/realtime/channels.ts';
import { draftChanged } from '#/lib/realtime/staff-events.ts';
import { ask, backoffMs, systemClock } from '#/lib/sync/clock.ts';
import { openStore, type Store } from '#/lib/sync/store.ts';
import type { Clock, DraftTransport, LiveConnection } from '#/lib/sync/transport.ts';
import { onHide } from '#/lib/sync/wake.ts';

const answerMsMax = 15_000;
/** After the last key press; while somebody writes without a pause, at the latest after the other. */
const restMs = 600;
const writingMsMax = 5_000;
const retryMsMax = 20_000;

export type DraftSnapshot = {
  text: string;
  /** `local`: kept by this tab alone, since the server was not reached or refused it. */
  state: 'saved' | 'saving' | 'local' | 'too_long';
};

/** One agent's draft on one ticket in one mode, whatever else is opened meanwhile. */
export type DraftStore = Store<DraftSnapshot> & {
  write(text: string): void;
  /** Its text was sent: it is empty in each of the agent's tabs. */
  sent(): void;
  /** Nobody shows it here any more; what is unsaved is saved at once. */
  close(): void;
};

export type Drafts = {
  /** `stored`: what the ticket's answer said of it; undefined when that is not known yet. */
  openDraft(ticketId: string, mode: DraftMode, stored?: Draft | null): DraftStore;
  /** Saves now what is unsaved. Happens by itself when the page is hidden or left. */
  flush(): void;
  /** The network came back or the tab is looked at. */
  wake(): void;
  close(): void;
};

/** Where a tab keeps what is not saved yet, over a reload. Neither may throw. */
export type DraftShelf = { read(key: string): string | null; keep(key: string, value: string | null): void };

type Line = {
  key: string;
  ticketId: string;
  mode: DraftMode;
  text: string;
  /** Of what is shown, or of what it was written on. */
  version: number;
  /** Stored elsewhere while something was being written here. */
  heard: Draft | null;
  /** The text is not (yet) what is stored. */
  isDirty: boolean;
  isSaving: boolean;
  /** The last attempt was not taken. */
  isRefused: boolean;
  failures: number;
  timer: unknown;
  dirtySince: number;
  openCount: number;
  store: Store<DraftSnapshot> & { changed(): void };
};

/**
 * The agent's drafts: what is typed shows at once, is saved shortly after, and appears in the agent's other tabs. A save
 * belongs to the ticket and mode that it was begun for, however often another is opened before it is answered.
 */
export function openDrafts(options: {
  agentId: string;
  transport: DraftTransport;
  live: LiveConnection | null;
  shelf?: DraftShelf;
  clock?: Clock;
  onHide?: (run: () => void) => () => void;
}): Drafts {
  const { agentId, transport, live, shelf = sessionShelf(agentId), clock = systemClock } = options;
  const lines = new Map<string, Line>();
  let isClosed = false;
  const leave = live?.subscribe(channels.agent(agentId), { onEvent, onSubscribed: lookAtOpen });
  const unhide = (options.onHide ?? onHide)(flush);

  function lineOf(ticketId: string, mode: DraftMode): Line {
    const key = `${ticketId}.${mode}`;
    const known = lines.get(key);
    if (known !== undefined) return known;
    const line: Line = {
      key,
      ticketId,
      mode,
      text: '',
      version: 0,
      heard: null,
      isDirty: false,
      isSaving: false,
      isRefused: false,
      failures: 0,
      timer: null,
      dirtySince: 0,
      openCount: 0,
      store: openStore(() => ({ text: line.text, state: stateOf(line) })),
    };
    lines.set(key, line);
    const unsaved = shelved(shelf.read(key));
    if (unsaved !== null) {
      line.text = unsaved.text;
      line.version = unsaved.version;
      line.isDirty = true;
      line.dirtySince = clock.now();
      saveIn(line, 0);
    }
    return line;
  }

  function stateOf(line: Line): DraftSnapshot['state'] {
    if (line.text.length > draftCharsMax) return 'too_long';
    if (line.isRefused) return 'local';
    return line.isDirty ? 'saving' : 'saved';
  }

  function write(line: Line, text: string, waitMs: number) {
    if (line.text === text) return;
    if (!line.isDirty) line.dirtySince = clock.now();
    line.text = text;
    line.isDirty = true;
    shelf.keep(line.key, JSON.stringify({ text, version: line.version }));
    line.store.changed();
    const latestMs = line.dirtySince + writingMsMax - clock.now();
    saveIn(line, Math.max(0, Math.min(waitMs, latestMs)));
  }

  function saveIn(line: Line, ms: number) {
    clock.clearTimeout(line.timer);
    if (!isClosed && !line.isSaving) line.timer = clock.setTimeout(() => save(line), ms);
  }

  /** One at a time for each draft, always of its newest text, so that none overtakes another. */
  async function save(line: Line): Promise<void> {
    clock.clearTimeout(line.timer);
    if (!line.isDirty || line.isSaving || line.text.length > draftCharsMax) return;
    line.isSaving = true;
    const { ticketId, mode, text } = line;
    const version = Math.max(line.version, line.heard?.version ?? 0) + 1;
    const result = await ask(clock, answerMsMax, () =>
      transport.saveDraft({ ticketId, mode, text, version }),
    );
    line.isSaving = false;
    if (!result.ok) {
      line.isRefused = true;
      if (isPassing(result.error)) saveIn(line, backoffMs(clock, line.failures++, result.error, retryMsMax));
    } else {
      const stored = result.value;
      const isTaken = stored.version === version && stored.text === text.toWellFormed();
      line.isRefused = false;
      line.failures = 0;
      line.version = Math.max(line.version, stored.version);
      if (isTaken && line.text === text) settle(line);
      // Another tab was first: what is before this reader's eyes goes on top of it.
      else saveIn(line, isTaken ? restMs : 0);
    }
    line.store.changed();
  }

  function settle(line: Line) {
    line.isDirty = false;
    line.isRefused = false;
    // Unless another life of this page has written there since.
    if (shelved(shelf.read(line.key))?.text === line.text) shelf.keep(line.key, null);
    const { heard } = line;
    line.heard = null;
    if (heard !== null) take(line, heard);
  }

  /** What is stored elsewhere shows here, unless something is being written here. */
  function take(line: Line, news: Draft) {
    if (news.version <= Math.max(line.version, line.heard?.version ?? 0)) return;
    if (line.isDirty) {
      line.heard = news;
      return;
    }
    line.version = news.version;
    line.text = news.text;
    line.store.changed();
  }

  function onEvent(name: string, data: unknown) {
    if (name !== 'draft.changed') return;
    const event = draftChanged.safeParse(data).data;
    if (event === undefined) return lookAtOpen();
    const { ticketId, draft } = event;
    const { mode, text, version } = draft;
    if (text !== null) take(lineOf(ticketId, mode), { mode, text, version });
    else if (lineOf(ticketId, mode).openCount > 0) void look(ticketId);
  }

  async function look(ticketId: string): Promise<void> {
    const result = await ask(clock, answerMsMax, () => transport.listDrafts(ticketId));
    if (!result.ok || isClosed) return;
    for (const draft of result.value) take(lineOf(ticketId, draft.mode), draft);
  }

  function lookAtOpen() {
    const open = [...lines.values()].filter(({ openCount }) => openCount > 0);
    for (const ticketId of new Set(open.map((line) => line.ticketId))) void look(ticketId);
  }

  function flush() {
    for (const line of lines.values()) if (line.isDirty) void save(line);
  }

  return {
    openDraft(ticketId, mode, stored) {
      const line = lineOf(ticketId, mode);
      line.openCount++;
      if (stored != null) take(line, stored);
      if (stored === undefined) void look(ticketId);
      let isOpen = true;
      return {
        getSnapshot: line.store.getSnapshot,
        subscribe: line.store.subscribe,
        write: (text) => write(line, text, restMs),
        sent: () => write(line, '', 0),
        close() {
          if (!isOpen) return;
          isOpen = false;
          line.openCount--;
          if (line.isDirty) saveIn(line, 0);
        },
      };
    },
    flush,
    wake() {
      for (const line of lines.values()) {
        line.failures = 0;
        if (line.isRefused) saveIn(line, 0);
      }
      lookAtOpen();
    },
    close() {
      for (const line of lines.values()) {
        if (line.isDirty) void save(line);
        clock.clearTimeout(line.timer);
      }
      isClosed = true;
      unhide();
      leave?.();
    },
  };
}

function shelved(value: string | null): { text: string; version: number } | null {
  try {
    const kept: unknown = JSON.parse(value ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const text: unknown = Reflect.get(kept, 'text');
    const version: unknown = Reflect.get(kept, 'version');
    return typeof text === 'string' && typeof version === 'number' ? { text, version } : null;
  } catch {
    return null;
  }
}

/** The tab's own storage; where the browser refuses it, what is unsaved lives as long as the page. */
function sessionShelf(agentId: string): DraftShelf {
  const nameOf = (key: string) => `parley.draft.${agentId}.${key}`;
  return {
    read(key) {
      try {
        return sessionStorage.getItem(nameOf(key));
      } catch {
        return null;
      }
    },
    keep(key, value) {
      try {
        if (value === null) sessionStorage.removeItem(nameOf(key));
        else sessionStorage.setItem(nameOf(key), value);
      } catch {
        // Full or blocked: it is saved all the same, a moment later.
      }
    },
  };
}
