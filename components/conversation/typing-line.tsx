import type { ConversationSnapshot } from '#/lib/sync/conversation.ts';

/** Dots in a bubble while others write; names who for screen readers, and as text where `isNamed`. Nothing when nobody does. */
export function TypingLine({
  typists,
  fallbackName,
  isNamed = false,
}: {
  typists: ConversationSnapshot['typists'];
  /** Stands for a person without a name. */
  fallbackName: string;
  isNamed?: boolean;
}) {
  if (typists.length === 0) return null;
  const words = typingWords(typists.map((typist) => typist.name ?? fallbackName));
  return (
    <div
      role="status"
      aria-live="off"
      aria-label={words}
      className="flex max-w-full animate-rise items-center gap-2 self-start"
    >
      <span
        aria-hidden="true"
        className="flex h-9 shrink-0 items-center gap-1 rounded-bubble rounded-es-tail bg-bg-sunken px-3.5 text-text-muted"
      >
        <span className="size-1.5 animate-dot rounded-full bg-current" />
        <span className="size-1.5 animate-dot rounded-full bg-current [animation-delay:150ms]" />
        <span className="size-1.5 animate-dot rounded-full bg-current [animation-delay:300ms]" />
      </span>
      {isNamed ? (
        <span aria-hidden="true" className="min-w-0 truncate text-12 text-text-muted">
          {words}
        </span>
      ) : null}
    </div>
  );
}

/** "Ana is typing", "Ana and Ben are typing", "3 people are typing". */
export function typingWords(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length === 1) return `${first} is typing`;
  if (names.length === 2) return `${first} and ${second} are typing`;
  return `${names.length} people are typing`;
}
