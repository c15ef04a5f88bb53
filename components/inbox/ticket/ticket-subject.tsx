'use client';

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { subjectCharsMax } from '#/lib/tickets/schema.ts';

/** The subject as a heading; a field once it is pressed. Enter keeps, Escape leaves it as it was. */
export function TicketSubject({
  subject,
  isOnlyHeading,
  onRename,
}: {
  subject: string;
  /** Where the list is another page, nothing stands above it. */
  isOnlyHeading: boolean;
  onRename(to: string): void;
}) {
  const Heading = isOnlyHeading ? 'h1' : 'h2';
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const shown = useRef<HTMLButtonElement>(null);
  const focusesNext = useRef(false);
  const isEditing = draft !== null;
  useEffect(() => {
    if (isEditing) field.current?.select();
    else if (focusesNext.current) shown.current?.focus();
    focusesNext.current = false;
  }, [isEditing]);

  function keep() {
    const to = draft?.trim() ?? '';
    setDraft(null);
    if (to !== '' && to !== subject) onRename(to);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    focusesNext.current = event.key === 'Enter' || event.key === 'Escape';
    if (event.key === 'Enter') keep();
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      setDraft(null);
    }
  }

  return (
    <div className="relative mr-2 min-w-0 flex-1">
      <Heading className={`-mx-1.5 min-w-0 ${isEditing ? 'invisible' : ''}`}>
        <button
          ref={shown}
          type="button"
          title="Rename"
          onClick={() => setDraft(subject)}
          className="block max-w-full cursor-text truncate rounded-control px-1.5 py-1 text-start font-semibold text-15 transition-colors duration-120 hover:bg-bg-hover max-tablet:py-3"
        >
          <bdi>{subject}</bdi>
          <span className="sr-only">, rename</span>
        </button>
      </Heading>
      {isEditing ? (
        <input
          ref={field}
          aria-label="Subject"
          dir="auto"
          value={draft}
          maxLength={subjectCharsMax}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={keep}
          className="absolute inset-0 -mx-1.5 rounded-control border border-accent-ink bg-bg-raised px-[5px] font-semibold text-15 outline-none max-tablet:text-16"
        />
      ) : null}
    </div>
  );
}
