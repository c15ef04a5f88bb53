'use client';

import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { Named } from '#/components/inbox/ports.ts';
import { matchingPeople, mentionAt, type Trigger } from '#/components/inbox/ticket/mentions.ts';
import { matchingReplies, slashAt } from '#/components/inbox/ticket/saved-reply-search.ts';
import { stepIn } from '#/components/inbox/ticket/suggest-popup.tsx';
import type { SavedReplies } from '#/components/inbox/ticket/use-saved-replies.ts';
import type { SavedReply } from '#/lib/saved-replies/schema.ts';

const peopleShownMax = 8;

export type Suggestions =
  | { kind: 'people'; trigger: Trigger; found: readonly Named[] }
  /** `trigger` null: opened by the button, with a search field of its own. */
  | { kind: 'replies'; trigger: Trigger | null; query: string; found: readonly SavedReply[] };

/** What the composer offers at the caret: colleagues behind an @ in a note, saved replies behind a slash. */
export function useSuggestions(options: {
  text: string;
  isNote: boolean;
  people: readonly Named[];
  replies: SavedReplies;
  area: RefObject<HTMLTextAreaElement | null>;
  onChoose(open: Suggestions, index: number): void;
}) {
  const { text, isNote, people, replies } = options;
  const [caret, setCaret] = useState<number | null>(null);
  /** Where a sign stands whose popup was closed by Escape: it stays closed. */
  const [dismissed, setDismissed] = useState<number | null>(null);
  /** The search of the popup that the button opened; null: it is closed. */
  const [search, setSearch] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const open = search === null ? typedSuggestions() : searched(search);
  const count = open?.found.length ?? 0;

  function searched(query: string): Suggestions {
    return { kind: 'replies', trigger: null, query, found: matchingReplies(replies.list ?? [], query) };
  }

  function typedSuggestions(): Suggestions | null {
    if (caret === null) return null;
    const mention = isNote ? mentionAt(text, caret) : null;
    if (mention !== null && mention.from !== dismissed) {
      const found = matchingPeople(people, mention.query).slice(0, peopleShownMax);
      if (found.length > 0) return { kind: 'people', trigger: mention, found };
    }
    const slash = slashAt(text, caret);
    if (slash === null || slash.from === dismissed) return null;
    const { query } = slash;
    const found = matchingReplies(replies.list ?? [], query);
    // Somebody who writes on past what is known wants to write, not to search.
    if (found.length === 0 && query !== '' && replies.list !== null) return null;
    return { kind: 'replies', trigger: slash, query, found };
  }

  function close() {
    if (open?.trigger != null) setDismissed(open.trigger.from);
    setSearch(null);
    setActive(0);
  }

  return {
    open,
    active: Math.min(active, Math.max(0, count - 1)),
    setActive,
    /** After each change of text or caret. */
    moved(element: HTMLTextAreaElement) {
      const at = element.selectionStart === element.selectionEnd ? element.selectionStart : null;
      if (at === caret) return;
      setCaret(at);
      setActive(0);
      if (at !== null && slashAt(element.value, at) !== null) replies.want();
      else if (dismissed !== null && element.value[dismissed] !== '@' && element.value[dismissed] !== '/')
        setDismissed(null);
    },
    left() {
      setCaret(null);
    },
    openSearch() {
      replies.want();
      setActive(0);
      setSearch('');
    },
    search,
    setSearch(query: string) {
      setSearch(query);
      setActive(0);
    },
    close,
    /** True: the key was the popup's. */
    onKeyDown(event: KeyboardEvent): boolean {
      if (open === null || event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === 'Escape') close();
      else if (count === 0) return false;
      else if (event.key === 'ArrowDown') setActive(stepIn(count, Math.min(active, count - 1), 1));
      else if (event.key === 'ArrowUp') setActive(stepIn(count, Math.min(active, count - 1), -1));
      else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey)
        options.onChoose(open, Math.min(active, count - 1));
      else return false;
      event.preventDefault();
      // Escape closes the popup only, not what is around it.
      event.stopPropagation();
      return true;
    },
  };
}
