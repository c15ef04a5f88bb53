'use client';

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { subjectCharsMax } from '#/lib/tickets/schema.ts';

/** The subject as a heading; a field once it is pressed. Enter keeps, Escape leaves it as it was. */
export function TicketSubject({ subject, onRename }: { subject: string; onRename(to: string): void }) {
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const isEditing = draft !== null;
  useEffect(() => {
    if (isEditing) field.current?.select();
  }, [isEditing]);

  function keep() {
    const to = draft?.trim() ?? '';
    setDraft(null);
    if (to !== '' && to !== subject) onRename(to);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') keep();
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      setDraft(null);
    }
  }

  return (
    <div className="relative mr-2 min-w-0 flex-1">
      <h2 className={`-mx-1.5 min-w-0 ${isEditing ? 'invisible' : ''}`}>
        <button
          type="button"
          title="Rename"
          onClick={() => setDraft(subject)}
          className="block max-w-full cursor-text truncate rounded-control px-1.5 py-1 text-start font-semibold text-15 transition-colors duration-120 hover:bg-bg-hover max-tablet:py-3"
        >
          <bdi>{subject}</bdi>
          <span className="sr-only">, rename</span>
        </button>
      </h2>
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
