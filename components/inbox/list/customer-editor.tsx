'use client';

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { customerName } from '#/components/inbox/customer-name.ts';
import { ChoiceList, type GlyphChoice } from '#/components/inbox/list/choice-list.tsx';
import { foundChoices } from '#/components/inbox/list/choices.ts';
import type { PartEditorProps } from '#/components/inbox/list/part-editor.tsx';
import { openSearch } from '#/lib/sync/search.ts';
import { resolveFilter } from '#/lib/tickets/filter.ts';

type Person = { id: string; name: string | null; email: string | null };

/** Who the tickets are of: the people of the list at once, everybody else as the search finds them while one types. */
export function CustomerEditor({ base, onTop, rows, search, onFilter, onDone }: PartEditorProps) {
  const chosen = resolveFilter(base, onTop).customer ?? null;
  const [asked] = useState(() => openSearch(search));
  useEffect(() => asked.close, [asked]);
  const { hits, isSearching, text } = useSyncExternalStore(
    asked.subscribe,
    asked.getSnapshot,
    asked.getSnapshot,
  );
  const near = useMemo(() => choicesOf(rows.map(({ customer }) => customer)), [rows]);
  const choicesFor = (typed: string): GlyphChoice[] => {
    if (typed.trim() === '') return near;
    const here = foundChoices(near, typed);
    const known = new Set(here.map(({ id }) => id));
    const found = choicesOf(hits.map(({ ticket }) => ticket.customer));
    return [...here, ...found.filter(({ id }) => !known.has(id))];
  };
  return (
    <ChoiceList
      label="Customer"
      placeholder="Search by name or e-mail"
      emptyText={isSearching && text !== '' ? 'Searching…' : 'Nobody is called that'}
      choices={near}
      choicesFor={choicesFor}
      chosen={new Set(chosen === null ? [] : [chosen])}
      onText={(typed) =>
        asked.setText(typed.trim() === '' ? '' : `customer:"${typed.replaceAll('"', ' ').trim()}"`)
      }
      onChoose={(id) => {
        onFilter({ ...onTop, customer: id });
        onDone();
      }}
    />
  );
}

function choicesOf(people: readonly Person[]): GlyphChoice[] {
  const once = new Map(people.map((person) => [person.id, person]));
  return [...once.values()].map((person) => ({
    id: person.id,
    label: customerName(person),
    ...(person.name === null || person.email === null ? {} : { hint: person.email }),
  }));
}
