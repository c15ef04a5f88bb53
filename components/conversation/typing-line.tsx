import { useWords } from '#/components/conversation/words.tsx';
import type { ConversationSnapshot } from '#/lib/sync/conversation.ts';
import type { Say } from '#/lib/texts/words.ts';

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
  const { say } = useWords();
  if (typists.length === 0) return null;
  const words = typingWords(
    typists.map((typist) => typist.name ?? fallbackName),
    say,
  );
  return (
    <div
      role="status"
      aria-live="off"
      aria-label={words}
      // In a customer's thread where the answer will stand, right of its face.
      className={`flex max-w-full animate-rise items-center gap-2 self-start ${isNamed ? '' : 'ms-8'}`}
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
export function typingWords(names: readonly string[], say: Say): string {
  const [first = '', second = ''] = names;
  if (names.length === 1) return say('typing.named', { name: first });
  if (names.length === 2) return say('typing.two', { first, second });
  return say('typing.many', { count: names.length });
}
