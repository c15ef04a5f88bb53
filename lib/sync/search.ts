import type { Failure, Result } from '#/lib/errors.ts';
import type { SearchAnswer, SearchHit, SearchNote, SearchQuery } from '#/lib/search/schema.ts';

export type SearchTransport = {
  search(query: SearchQuery): Promise<Result<SearchAnswer>>;
};

/** What the screen shows. The hits of an earlier text stay until those of the present one are there. */
export type SearchSnapshot = {
  text: string;
  /** Which text the hits belong to; null before the first answer. */
  answered: string | null;
  hits: readonly SearchHit[];
  corrected: string | null;
  notes: readonly SearchNote[];
  /** How far back was looked; null: to the beginning. */
  searchedTo: string | null;
  hasMore: boolean;
  isSearching: boolean;
  isLoadingMore: boolean;
  failure: Failure | null;
};

export type Search = {
  /** What stands in the field. Asks when nobody typed for a moment; an answer to an earlier text is dropped. */
  setText(text: string): void;
  /** Asks at once, for Enter. */
  submit(): void;
  loadMore(): void;
  retry(): void;
  subscribe(listener: () => void): () => void;
  getSnapshot(): SearchSnapshot;
  close(): void;
};

const pauseMs = 120;
/** More than is used, so that the answer says so, and never more than an address holds. */
const sentCharsMax = 1_000;
const sent = (text: string) => text.slice(0, sentCharsMax).toWellFormed();
const nothing = {
  answered: null,
  hits: [],
  corrected: null,
  notes: [],
  searchedTo: null,
  hasMore: false,
  failure: null,
} as const;

/** One search as somebody types it. Nothing in it throws. */
export function openSearch(transport: SearchTransport, text = ''): Search {
  const listeners = new Set<() => void>();
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  let snapshot: SearchSnapshot = { ...nothing, text: '', isSearching: false, isLoadingMore: false };
  let cursor: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each question; an answer that carries an older one is nobody's. */
  let asked = 0;

  function show(next: Partial<SearchSnapshot>) {
    snapshot = { ...snapshot, ...next };
    for (const listener of listeners) listener();
  }

  async function ask() {
    clearTimeout(timer);
    const question = ++asked;
    const { text } = snapshot;
    if (text.trim() === '') return;
    show({ isSearching: true, isLoadingMore: false, failure: null });
    const notes: SearchNote[] = [];
    let corrected: string | null = null;
    let next: string | undefined;
    // Nothing as far back as one answer looked: the next one looks further.
    do {
      const query = { q: sent(corrected ?? text), zone };
      const result = await transport.search(next === undefined ? query : { ...query, cursor: next });
      if (question !== asked) return;
      if (!result.ok) {
        show({ isSearching: false, failure: result.error });
        return;
      }
      const { value } = result;
      if (next === undefined) notes.push(...value.notes);
      corrected ??= value.corrected;
      cursor = value.nextCursor;
      const isOver = cursor === null || value.hits.length > 0;
      show({
        ...{ answered: text, hits: value.hits, corrected, notes, searchedTo: value.searchedTo },
        ...{ hasMore: cursor !== null, isSearching: !isOver },
      });
      next = isOver ? undefined : (cursor ?? undefined);
    } while (next !== undefined);
  }

  async function askMore() {
    const { answered } = snapshot;
    if (cursor === null || answered === null || snapshot.isSearching || snapshot.isLoadingMore) return;
    const question = asked;
    show({ isLoadingMore: true });
    const result = await transport.search({ q: sent(snapshot.corrected ?? answered), zone, cursor });
    if (question !== asked) return;
    if (!result.ok) {
      show({ isLoadingMore: false, failure: result.error });
      return;
    }
    const { hits, nextCursor, searchedTo } = result.value;
    cursor = nextCursor;
    show({
      hits: [...snapshot.hits, ...hits],
      ...{ searchedTo, hasMore: cursor !== null, isLoadingMore: false, failure: null },
    });
  }

  const search: Search = {
    setText(text) {
      if (text === snapshot.text) return;
      clearTimeout(timer);
      asked++;
      if (text.trim() === '') {
        cursor = null;
        show({ ...nothing, text, isSearching: false, isLoadingMore: false });
        return;
      }
      show({ text, isSearching: true, isLoadingMore: false });
      timer = setTimeout(() => void ask(), pauseMs);
    },
    submit: () => void ask(),
    loadMore: () => void askMore(),
    retry: () => void (snapshot.answered === snapshot.text && cursor !== null ? askMore() : ask()),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
    close() {
      clearTimeout(timer);
      asked++;
      listeners.clear();
    },
  };
  if (text !== '') {
    snapshot = { ...snapshot, text };
    void ask();
  }
  return search;
}
